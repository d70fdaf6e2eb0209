"""Guardians: their links with learners, how they come in, and what they read."""
