"""Answers across packages: the board of a workspace, and one case with all there is about it."""
