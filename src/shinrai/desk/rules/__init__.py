"""The first sentences of pages, in both languages, without Django."""
