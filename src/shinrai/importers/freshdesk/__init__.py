"""Freshdesk: tickets, conversations and ratings; by its API, from JSON, or a CSV list."""
