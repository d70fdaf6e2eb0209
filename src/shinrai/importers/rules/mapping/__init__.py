"""Mappings: what the columns of somebody's table mean, in words."""
