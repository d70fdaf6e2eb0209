"""Doors of topics: pages and commands that label, and that show what labels add up to."""
