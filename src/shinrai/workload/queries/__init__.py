"""Answers about work, for doors."""
