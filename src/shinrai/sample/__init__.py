"""A small simulated company with a known truth."""
