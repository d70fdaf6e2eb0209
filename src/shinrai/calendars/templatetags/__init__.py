"""What pages of calendars say."""
