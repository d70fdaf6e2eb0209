"""Commands of inquiries and topics."""
