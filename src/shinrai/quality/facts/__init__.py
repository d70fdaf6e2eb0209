"""The published tables of quality: one row per inquiry, investigation or sampled answer."""
