"""Whose words these are: a key per person, sealed words, masking, tombstones."""
