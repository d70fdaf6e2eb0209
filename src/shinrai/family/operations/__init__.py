"""Writes of the family: links, guardians and the ways in."""
