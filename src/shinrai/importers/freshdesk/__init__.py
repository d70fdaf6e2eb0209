"""Freshdesk: tickets, conversations and ratings; by its API, from JSON, or from a CSV list."""
