"""Sentences about objectives, in English and Japanese."""
