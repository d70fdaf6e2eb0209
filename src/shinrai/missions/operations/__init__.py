"""Declare activities, pins and rests; record attempts; give pins."""
