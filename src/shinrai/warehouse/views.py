"""Create the two views of a table that a query can read: its current rows, and all revisions.

A compacted table has each key only once in its large files, and only files appended since then can
contain newer revisions. If the log confirms this, only the small files are searched for keys with
several revisions.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from shinrai.units.errors import Misuse
from shinrai.units.text import Text
from shinrai.warehouse.parameters import as_variables, set_variables, variable
from shinrai.warehouse.repair import harmed_files
from shinrai.warehouse.store import (
    TableDamaged,
    VersionCleared,
    Warehouse,
    files_written_once,
    version_of,
)
from shinrai.warehouse.tables import IBIS, ColumnType, Table, latest

DUCKDB: Mapping[ColumnType, duckdb.sqltypes.DuckDBPyType] = {
    "int": duckdb.sqltypes.BIGINT,
    "string": duckdb.sqltypes.VARCHAR,
    "bool": duckdb.sqltypes.BOOLEAN,
    "date": duckdb.sqltypes.DATE,
}
Opened = Mapping[Table, DeltaTable | None]
COMPILED = 512  # questions whose SQL is kept
LARGE_ROWS = 50_000  # a file with as many is worth knowing more about
LOOKED_AT = 100  # commits in which it is looked for


class UnknownKey(Misuse, LookupError):
    """A query was to be restricted (`within`) by a column that is not part of the table's key."""


def compiled(expression: ir.Expr, dialect: str = "duckdb") -> str:
    """Return the SQL of an expression; the tables it reads are views created beforehand.

    The last 512 are cached, because compiling takes longer than most queries take to run.
    """
    return _compiled(expression.op(), dialect)


@lru_cache(maxsize=COMPILED)
def _compiled(asked: ops.Node, dialect: str) -> str:
    named = as_variables(asked) if dialect == "duckdb" else asked
    return str(ibis.to_sql(named.to_expr(), dialect=dialect))


@contextmanager
def said_when_cleared(warehouse: Warehouse, opened: Opened) -> Iterator[None]:
    """Turn an error of a query into a clearer one if files of its tables are missing.

    Raises: TableDamaged if files of a newest version are missing; VersionCleared if only files of
            older versions are.
    """
    try:
        yield
    except Exception as error:
        harmed = {table: d for table, d in opened.items() if d is not None and harmed_files(d)}
        if not harmed:
            raise
        for table, delta in harmed.items():
            if delta.version() == version_of(warehouse, table):
                raise TableDamaged(table, error) from error
        cleared = [table.name for table in harmed]
        raise VersionCleared(
            Text(
                "files of the version asked for are no longer there: {cleared}; versions "
                "older than the clearing limit are readable only if they were kept",
                cleared=", ".join(cleared),
            ),
        ) from error


def bind(
    connection: duckdb.DuckDBPyConnection,
    warehouse: Warehouse,
    table: Table,
    delta: DeltaTable | None,
    within: Mapping[str, int],
    *,
    has_truth: bool = True,
) -> None:
    """Create a table's two views on a connection: current rows, and all revisions.

    Without `has_truth` only the second is created, which halves the work.
    """
    found = _files(warehouse, table, delta, within)
    if warehouse.is_remote and delta is not None:
        # DuckDB would need a download to read a URL; Delta's own reader hands it the rows.
        connection.register(f"{table.name}__read", delta.to_pyarrow_dataset())
        _typed(connection, table, connection.view(f"{table.name}__read"), f"{table.name}__files")
    else:
        _read(connection, table, found.all, f"{table.name}__files")
    is_once = has_truth and delta is not None and _each_once(delta, found.large)
    if is_once:
        _read(connection, table, found.small, f"{table.name}__recent")
    set_variables(connection, within)
    for name, sql in _views_sql(table, tuple(sorted(within)), is_once):
        if has_truth or name == table.revisions_name:
            connection.sql(sql).create_view(name)


@dataclass(frozen=True)
class _Files:
    """The files that can contain the rows wanted: those with at least 50,000 rows, and others."""

    large: tuple[str, ...] = ()
    small: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        return self.large + self.small


def _files(
    warehouse: Warehouse, table: Table, delta: DeltaTable | None, within: Mapping[str, int]
) -> _Files:
    paths = files_within(warehouse, table, delta, within)
    if delta is None or warehouse.is_remote or not paths:
        return _Files(small=tuple(paths))
    actions = pa.table(delta.get_add_actions(flatten=True))
    counts = {
        path.rpartition("/")[2]: rows or 0
        for path, rows in zip(
            actions["path"].to_pylist(), actions["num_records"].to_pylist(), strict=True
        )
    }
    large = {path for path in paths if counts.get(path.rpartition("/")[2], 0) >= LARGE_ROWS}
    return _Files(tuple(p for p in paths if p in large), tuple(p for p in paths if p not in large))


def _read(
    connection: duckdb.DuckDBPyConnection, table: Table, paths: tuple[str, ...], name: str
) -> None:
    if paths:
        by_folder = table.parted_by is not None
        rows = connection.read_parquet(list(paths), hive_partitioning=by_folder)
        _typed(connection, table, rows, name)
    else:
        connection.register(f"{name}_none", table.schema().empty_table())
        _typed(connection, table, connection.view(f"{name}_none"), name)


def _typed(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: duckdb.DuckDBPyRelation,
    name: str,
) -> None:
    # A parting column is read from a folder's name: it comes last, as what DuckDB takes it for.
    columns = (
        duckdb.ColumnExpression(column.name).cast(DUCKDB[column.type]).alias(column.name)
        for column in table.stored
    )
    rows.select(*columns).create_view(name)


def _each_once(delta: DeltaTable, large: tuple[str, ...]) -> bool:
    """Return whether no key occurs twice in the large files, according to Delta's log.

    A marked commit wrote each key only once. True if in every part a single marked commit wrote
    all large files. If the commit is not among the last 100, the answer is False.
    """
    if not large:
        return False
    left = {path.rpartition("/")[2]: path.split("/")[-2] for path in large}
    newest, parts = delta.version(), set[str]()
    for version in range(newest, max(-1, newest - LOOKED_AT), -1):
        try:
            added, each_once = files_written_once(delta, version)
        except (OSError, ValueError):  # a checkpoint sums up what this commit said
            return False
        written = {left.pop(name) for name in added & left.keys()}
        if written and (parts & written or not each_once):
            return False
        parts |= written
        if not left:
            return True
    return False


def files_within(
    warehouse: Warehouse, table: Table, delta: DeltaTable | None, within: Mapping[str, int]
) -> list[str]:
    """Return the files of a table that can contain rows with the key values in `within`."""
    if delta is None:
        return []
    # Delta's own way to name files; the names are the contract's and the values are whole numbers.
    asked = " AND ".join(f"{key_column(table, name)} = {value:d}" for name, value in within.items())
    uris = delta.file_uris(file_pruning_predicate=asked or None)
    # Delta escapes what a URL may not hold, such as a blank or a kanji of the folder we gave it:
    # only what lies under that folder is taken from it, a file or a part's folder and a file.
    depth = 1 if table.parted_by is None else 2
    return ["/".join([warehouse.place(table), *uri.split("/")[-depth:]]) for uri in uris]


def views(
    table: Table, within: Mapping[str, int | ir.IntegerValue], *, has_recent: bool = False
) -> dict[str, ir.Table]:
    """Return the two tables that can be queried, as expressions over `<name>__files`.

    The caller first creates a view of that name, with the columns as declared, and with
    `has_recent` also `<name>__recent`, with all rows that may share their key with another row.
    """
    columns = {c.name: IBIS[c.type] for c in table.stored}
    rows = ibis.table(columns, name=f"{table.name}__files")
    for name, value in within.items():
        rows = rows.filter(rows[key_column(table, name)] == value)
    recent = ibis.table(columns, name=f"{table.name}__recent") if has_recent else None
    return {
        table.revisions_name: rows,
        table.name: latest(table, table.revisions(), recent),
    }


@lru_cache(maxsize=COMPILED)
def _views_sql(
    table: Table, within: tuple[str, ...], has_recent: bool
) -> tuple[tuple[str, str], ...]:
    # The values are variables, so that the views of all workspaces are compiled once.
    values = {name: variable(name, "int64") for name in within}
    found = views(table, values, has_recent=has_recent)
    return tuple((name, compiled(view)) for name, view in found.items())


def key_column(table: Table, name: str) -> str:
    """Return `name` if it is a column of the table's key.

    Raises: UnknownKey.
    """
    # Narrowed by any other column, an older revision would pass for the newest.
    if name not in table.key:
        raise UnknownKey(
            f"table {table.name} can be looked at within {', '.join(table.key)}, not {name};"
            " filter by other columns in the expression"
        )
    return name
