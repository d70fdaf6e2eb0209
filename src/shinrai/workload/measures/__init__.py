"""Measures of work: declared, and counted per day."""
