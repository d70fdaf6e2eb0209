"""Write many rows by COPY, reserve blocks of identifiers, and filter by thousands of values."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Lookup
from django.db.models.sql.compiler import SQLCompiler
from psycopg import sql


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows into a table by COPY in the current transaction; return how many.

    Values are adapted by psycopg: JSON columns need `psycopg.types.json.Jsonb`.
    """
    with transaction.atomic(), connection.cursor() as cursor, checked_by_index(cursor):
        return copy_rows(table, columns, rows)


def copy_rows(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Write rows into a table that has no foreign keys, by COPY and nothing else."""
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    count = 0
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.cursor.copy(statement) as copy,
    ):
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


@contextmanager
def checked_by_index(cursor: Any) -> Iterator[None]:
    """Make PostgreSQL use indexes to check the foreign keys of rows written within this block.

    A session plans these checks once. Planned while the other table was empty, they would scan that
    whole table for every new row; this prevents such a plan.
    """
    cursor.execute("SET LOCAL enable_seqscan = off")
    yield
    cursor.execute("SET LOCAL enable_seqscan = on")


def reserve_ids(table: str, count: int) -> list[int]:
    """Return `count` new identifiers from the sequence of a table's `id`, in rising order."""
    if count <= 0:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [table, count],
        )
        return sorted(row[0] for row in cursor.fetchall())


class _OneOf(Lookup):
    """The condition `column = ANY(array)`: like `IN`, but built in a tenth of the time."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: Any) -> tuple[str, tuple[Any, ...]]:
        """Return the SQL and its parameters."""
        left, params = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", (*params, self.rhs)


def one_of(field: str, values: Iterable[Any]) -> "Lookup[Any]":
    """Return a condition for `filter`: the field has one of these values."""
    return _OneOf(F(field), list(values))
