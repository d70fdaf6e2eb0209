"""Event logs in XES (IEEE 1849): read as a stream, laid flat as a table of events."""
