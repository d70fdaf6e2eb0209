"""Imports of data that already exists."""
