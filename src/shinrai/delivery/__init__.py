"""Delivery: what leaves the house by mail or webhook, once, and what became of it."""
