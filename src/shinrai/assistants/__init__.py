"""Assistants: programs of members that read cases and measures over MCP, and change nothing."""
