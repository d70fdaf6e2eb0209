"""The desk over the HTTP API."""
