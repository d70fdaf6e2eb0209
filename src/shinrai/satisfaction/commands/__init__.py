"""The commands of satisfaction."""
