"""The life of an investigation: which steps may follow which, and what they add up to."""
