"""What a table's cells mean, which steps follow from them, and what looks wrong."""
