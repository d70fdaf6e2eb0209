"""Jira: issues with changelog, comments and SLA cycles, by its API, from JSON or a warehouse."""
