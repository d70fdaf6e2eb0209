"""Answers about work, for pages and commands."""
