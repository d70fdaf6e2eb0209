"""Published tables, queries over them, and counts per day."""
