"""Load the sample, or write its files."""
