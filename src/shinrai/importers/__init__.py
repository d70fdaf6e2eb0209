"""Doors for data that already exists."""
