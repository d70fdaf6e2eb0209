"""A source's own figures beside ours, over the cases of an import."""
