"""Measures of work: declared, and stored per day."""
