"""What people pay: contracts, payments, and who ends them."""
