"""Answers about a span of time: what fell due, what was kept, how long it took."""
