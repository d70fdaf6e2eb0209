"""Commands of explore."""
