"""Published tables: contracts, publishing, running a measure."""
