"""The migrations of calendars."""
