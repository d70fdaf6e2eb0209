"""Settings, addresses, wiring, main(): the only package that knows all packages."""
