"""What all records have in common: batches (imports), append-only steps, keys from the source."""
