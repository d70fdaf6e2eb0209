"""Customers: the people who write, found by the identifiers of their source."""
