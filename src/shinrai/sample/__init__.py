"""A small simulated company, for which the right results of measures are known."""
