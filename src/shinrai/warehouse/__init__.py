"""Published tables, questions about them, and counts per day."""
