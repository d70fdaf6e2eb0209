"""Queries about objectives: their versions, their standings, and why a case is due when it is."""
