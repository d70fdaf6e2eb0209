"""Today, the week and the pins as folds over one learner's attempts."""
