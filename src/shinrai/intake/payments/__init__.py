"""Payments and contracts as services that collect money tell of them."""
