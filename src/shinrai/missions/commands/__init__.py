"""The commands of missions."""
