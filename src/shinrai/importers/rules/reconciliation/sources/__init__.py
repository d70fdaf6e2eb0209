"""One file per source: which of its own figures we compare, and how ours are computed."""
