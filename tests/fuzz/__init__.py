"""Mutated files for every reader: see bin/fuzz."""
