"""How moments, date spans and shares are put into words, without Django."""
