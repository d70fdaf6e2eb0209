"""One import: its two phases, chunk by chunk, and taking it back."""
