"""Rules of initiatives: declarations, states and grades, arms, and what a comparison says."""
