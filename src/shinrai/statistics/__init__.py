"""Statistics: intervals, percentiles, agreement and alarms, from arrays and counts."""
