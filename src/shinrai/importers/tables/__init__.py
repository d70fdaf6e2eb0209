"""Readers of tables: CSV text and workbooks."""
