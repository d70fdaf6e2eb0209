"""How the tables of calendars came to be."""
