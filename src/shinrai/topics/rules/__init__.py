"""Rules of codebooks and labels, without a database."""
