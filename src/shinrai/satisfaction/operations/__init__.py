"""Writes of satisfaction."""
