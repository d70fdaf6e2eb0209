"""Deeds that cross rooms: append a step and refresh its clocks."""
