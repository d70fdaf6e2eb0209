"""Protect personal text: a key per person, encryption, masking, erasure."""
