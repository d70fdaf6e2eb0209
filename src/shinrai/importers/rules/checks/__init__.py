"""What looks wrong in a table although every cell can be read."""
