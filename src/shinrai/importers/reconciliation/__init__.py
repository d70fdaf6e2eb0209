"""Compares a source's own figures with ours, over the cases of an import."""
