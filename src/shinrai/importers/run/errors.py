"""Errors that stop an import through no fault of its files."""

from shinrai.units.errors import UserError


class RetryLater(UserError, RuntimeError):
    """The import cannot go on at the moment; nothing half-written counts, and later it can."""
