"""Queries of reports: all figures of a period, and their words."""
