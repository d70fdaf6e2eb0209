"""Deeds: facts are published, and a calendar is settled on."""
