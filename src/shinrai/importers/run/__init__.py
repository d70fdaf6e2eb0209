"""Runs one import: its two phases, chunk by chunk, and undoing it."""
