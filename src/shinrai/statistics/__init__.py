"""How sure a number is: arrays and counts in, frozen answers out."""
