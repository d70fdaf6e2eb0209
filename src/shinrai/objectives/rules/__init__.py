"""What was promised, when it was due, and what is left: arithmetic without a database."""
