"""Arithmetic of secrecy: sealing, keyed hashes, masking."""
