"""Shinrai: customer reliability, measured."""
