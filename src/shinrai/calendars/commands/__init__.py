"""The command-line commands of calendars."""
