"""Pure functions for encryption, keyed hashes and masking."""
