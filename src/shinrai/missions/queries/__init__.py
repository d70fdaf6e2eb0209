"""Read what is declared, and a learner's day, week and pins."""
