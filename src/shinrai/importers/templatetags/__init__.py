"""Template tags for the pages of imports."""
