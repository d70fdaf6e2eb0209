"""Template tags for pages of cases and topics."""
