"""The source zammad."""
