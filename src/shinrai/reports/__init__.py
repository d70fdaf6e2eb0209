"""Answers that cross rooms: the week on one page."""
