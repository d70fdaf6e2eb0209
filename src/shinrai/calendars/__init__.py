"""When is the desk open: hours, holidays, business time."""
