"""Entry points for data that already exists."""
