"""Mail that is imported from files."""
