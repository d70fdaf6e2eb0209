"""Reads of satisfaction."""
