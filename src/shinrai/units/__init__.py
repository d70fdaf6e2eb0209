"""What a number is: shares that add up, moments, and what cannot be known."""
