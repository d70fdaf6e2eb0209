"""Chatwoot: conversations, their messages, and activity lines, the only record of changes."""
