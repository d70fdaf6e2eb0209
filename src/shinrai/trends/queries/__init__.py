"""Reads of trends: for commands and the worker, and what pages show."""
