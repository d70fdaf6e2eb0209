"""What weighs: minutes spent, on which kind of job, and how often the highest tier is called."""
