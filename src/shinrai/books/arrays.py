"""Rows asked for by thousands of values: sent as one array instead of a placeholder for each."""

from collections.abc import Iterable
from typing import Any

from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler


class _OneOf(Lookup):
    """`column = ANY(array)`: what PostgreSQL makes of `IN` too, written in a tenth of the time."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Write it for PostgreSQL."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", (*params, self.rhs)


def one_of(field: str, values: Iterable[Any]) -> "Lookup[Any]":
    """Make a condition, for `filter`: a field holds one of these values."""
    return _OneOf(F(field), list(values))
