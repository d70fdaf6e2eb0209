"""Rules of work: entries from steps, and totals per job and week from entries."""
