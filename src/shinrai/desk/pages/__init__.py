"""Pages of cases, calendars and topics, and the forms on them."""
