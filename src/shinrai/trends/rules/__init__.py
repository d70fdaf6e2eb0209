"""Rises, loudness, who stays silent, and new words: arithmetic on arrays."""
