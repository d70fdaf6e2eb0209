"""Rules of objectives: due moments, states, counts and budgets, without a database."""
