"""The examples hold what they promise."""
