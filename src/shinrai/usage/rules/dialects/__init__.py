"""What messages of each client library and standard say, as events."""
