"""Erases a person: finds them in every store that may hold their texts, and deletes those."""
