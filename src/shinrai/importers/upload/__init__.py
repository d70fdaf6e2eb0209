"""The door for files somebody drops on a page: kept apart, tried, then imported or let go."""
