"""Erase a person, and the words of cases that ended long ago, from every store."""
