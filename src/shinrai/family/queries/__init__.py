"""Reads of the family: guardians, links, and what a guardian reads of a child."""
