"""Organisations, workspaces, members and their roles, sign-in, and the audit."""
