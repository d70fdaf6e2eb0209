"""Pulling a source over HTTP; see README.md."""
