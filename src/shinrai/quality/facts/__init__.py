"""The published tables of quality: one row per inquiry, investigation and sampled answer."""
