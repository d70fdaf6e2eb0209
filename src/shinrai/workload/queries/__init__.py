"""Queries of work, for pages and commands."""
