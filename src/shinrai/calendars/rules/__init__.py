"""What business time is: hours, holidays, and what they do to a span."""
