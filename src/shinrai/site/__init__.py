"""Settings, addresses, wiring, main(): the only room that knows all rooms."""
