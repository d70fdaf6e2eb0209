"""Expressions over events and days of use; nothing is executed here."""
