"""What they asked, and every step of the answer."""
