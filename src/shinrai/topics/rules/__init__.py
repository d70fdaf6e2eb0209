"""Codebooks and labels: arithmetic only."""
