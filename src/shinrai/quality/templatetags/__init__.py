"""Template tags for the pages of quality."""
