"""What every record has in common: batches, steps that are only appended, source keys."""
