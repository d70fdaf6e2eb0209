"""Tags of the room of work."""
