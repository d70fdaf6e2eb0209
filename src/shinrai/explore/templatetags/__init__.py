"""Template filters of explore."""
