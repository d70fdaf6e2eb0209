"""Tests of revenue."""
