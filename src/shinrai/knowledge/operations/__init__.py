"""Writes of articles, their uses, and what makes them stale."""
