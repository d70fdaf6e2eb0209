"""Pure rules of links with guardians and of what they read."""
