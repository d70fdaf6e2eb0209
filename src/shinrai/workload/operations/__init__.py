"""Writes: presence is measured."""
