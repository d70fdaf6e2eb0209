"""Investigations: what CS filed with CRE, and what CRE found."""
