"""The source jira."""
