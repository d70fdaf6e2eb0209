"""Templates and manuals: written, suggested at reply time, and known to be stale."""
