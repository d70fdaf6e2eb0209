"""Deeds: the codebook changes, and is published."""
