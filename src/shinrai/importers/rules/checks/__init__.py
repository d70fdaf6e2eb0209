"""Checks for what looks wrong in a table although every cell can be read."""
