"""Pages of guardians, and of the staff about them."""
