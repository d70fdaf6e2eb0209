"""Servers that speak as the services do, on this machine, for tests."""
