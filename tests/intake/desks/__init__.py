"""Tests of other help desks."""
