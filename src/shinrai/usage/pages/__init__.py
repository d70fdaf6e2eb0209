"""Pages of usage: habit, the people behind its figures, and saved cohorts."""
