"""Turns a row of cells into facts, and into texts that are stored apart."""
