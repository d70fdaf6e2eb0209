"""Template tags of missions."""
