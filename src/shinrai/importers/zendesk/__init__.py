"""Zendesk: tickets with audits, comments and metrics, by its API, from exports or a warehouse."""
