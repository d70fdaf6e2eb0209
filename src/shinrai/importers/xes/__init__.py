"""Event logs in XES (IEEE 1849): read as a stream, flattened as a table of events."""
