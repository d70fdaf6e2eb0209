"""Zammad: tickets, their articles, and their history of states, groups, owners and merges."""
