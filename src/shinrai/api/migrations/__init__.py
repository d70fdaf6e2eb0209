"""The migrations of api."""
