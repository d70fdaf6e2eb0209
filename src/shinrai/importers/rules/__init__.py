"""Rules for the meaning of a table's cells, the steps that follow, and what looks wrong."""
