"""Zammad: tickets, their articles, and the history that tells states, groups, owners and merges."""
