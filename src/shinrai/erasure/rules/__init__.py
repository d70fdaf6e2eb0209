"""Rules of erasing."""
