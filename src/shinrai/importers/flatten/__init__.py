"""Turns records of a source into tables that a mapping reads; see README.md."""
