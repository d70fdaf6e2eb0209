"""Writes of explore: runs of SQL, questions, dashboards, their links and alerts."""
