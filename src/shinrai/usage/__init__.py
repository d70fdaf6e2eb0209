"""What people do in a service: events, days of use, and who comes back."""
