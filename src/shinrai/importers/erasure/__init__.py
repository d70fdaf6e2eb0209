"""Erasing a person: finding them in every store that can hold their words, and clearing it."""
