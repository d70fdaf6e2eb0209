"""Goals of a learner at three horizons: today's recommendations, the week's mission, the pins."""
