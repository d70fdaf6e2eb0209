"""The migrations of desk."""
