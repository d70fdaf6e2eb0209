"""Template tags of revenue."""
