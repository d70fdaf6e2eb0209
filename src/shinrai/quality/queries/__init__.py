"""Answers: what support quality is, over a span of dates, at a moment."""
