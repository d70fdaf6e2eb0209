"""Facts about a case, from its steps: arithmetic only."""
