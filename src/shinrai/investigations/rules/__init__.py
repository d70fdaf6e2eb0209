"""How an investigation proceeds: which steps are allowed when, and the resulting state."""
