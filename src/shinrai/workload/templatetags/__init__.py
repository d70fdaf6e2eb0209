"""Tags of the package of work."""
