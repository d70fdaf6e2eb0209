"""Satisfaction: what persons answer when they are asked, and how that changes."""
