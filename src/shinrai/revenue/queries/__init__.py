"""What was paid and what is in force, by month."""
