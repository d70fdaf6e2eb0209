"""Tests of satisfaction."""
