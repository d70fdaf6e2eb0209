"""The facts of this room as people say them, English and Japanese each in its own words."""
