"""Reads of usage: who comes back, who has a habit, and who stays."""
