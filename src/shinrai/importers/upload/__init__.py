"""The door for files somebody drops on a page: kept apart, tried, then brought in or let go."""
