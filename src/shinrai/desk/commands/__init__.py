"""The command-line commands of inquiries and topics."""
