"""Simulate the sample company: who asks what, how often, and how fast it is answered."""
