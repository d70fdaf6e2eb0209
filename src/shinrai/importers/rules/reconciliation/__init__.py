"""Compares a source's own figures with ours, with a reason for each difference."""
