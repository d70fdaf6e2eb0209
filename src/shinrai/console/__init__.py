"""The frame of every page: layout, tokens, charts."""
