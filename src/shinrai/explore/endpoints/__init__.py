"""Explore over the HTTP API."""
