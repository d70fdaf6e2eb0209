"""Derives the steps of a case from everything observed about it."""
