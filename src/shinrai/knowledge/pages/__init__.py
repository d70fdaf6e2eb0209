"""Pages of knowledge: the list, one article, the search, and who answers alone."""
