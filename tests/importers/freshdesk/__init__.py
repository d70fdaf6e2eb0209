"""The source freshdesk."""
