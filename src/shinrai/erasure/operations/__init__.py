"""Writes of erasing."""
