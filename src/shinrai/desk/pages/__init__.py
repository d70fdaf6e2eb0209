"""Pages of the desk: cases, calendars, topics, and what is written down on them."""
