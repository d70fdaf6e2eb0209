"""Commands of topics that need no workspace."""
