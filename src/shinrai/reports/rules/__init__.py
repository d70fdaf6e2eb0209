"""Which dates a report is about, what changed against those before, and how it is laid out."""
