"""Template tags of initiatives."""
