"""Writes of usage."""
