"""The source chatwoot."""
