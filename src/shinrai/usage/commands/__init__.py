"""The commands of usage."""
