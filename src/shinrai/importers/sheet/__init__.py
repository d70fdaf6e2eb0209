"""Sheets as people keep them: found, understood, and brought into one known table."""
