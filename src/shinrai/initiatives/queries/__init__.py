"""Queries of initiatives: what is declared, and what became of it."""
