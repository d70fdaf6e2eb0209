"""Deeds: work is published, and presence measured."""
