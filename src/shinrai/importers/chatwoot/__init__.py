"""Chatwoot: conversations, their messages, and the activity lines that alone tell what changed."""
