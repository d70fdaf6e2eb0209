"""Pages of explore."""
