"""Slack: investigations are filed and followed in channels."""
