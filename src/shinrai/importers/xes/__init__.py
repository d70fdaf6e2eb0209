"""Event logs in XES (IEEE 1849): read as a stream, flattened into a table of events."""
