"""Errors that stop an import although its files are right."""

from shinrai.units.errors import UserError


class RetryLater(UserError, RuntimeError):
    """The import cannot continue now but can later; nothing it wrote so far counts."""
