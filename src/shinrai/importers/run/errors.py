"""Errors that stop an import through no fault of its files."""

from shinrai.units.wording import SaidInBoth


class RetryLater(SaidInBoth, RuntimeError):
    """The import cannot go on at the moment; nothing half-written counts, and later it can."""
