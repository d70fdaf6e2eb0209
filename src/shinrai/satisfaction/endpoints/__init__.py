"""Satisfaction over the HTTP API."""
