"""Basic values: shares that can be added, moments, texts, and unknown numbers."""
