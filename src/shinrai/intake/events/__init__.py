"""The door for usage events, as client libraries send them."""
