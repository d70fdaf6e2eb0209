"""Queries over several packages: the board of a workspace, and one case in full."""
