"""How a question about published tables is answered.

An expression is compiled by Ibis and answered by DuckDB, in memory, from the Parquet files that one
version of each table lists. Nothing else is needed: no extension, no shared database file.
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from shinrai.units.wording import Misuse
from shinrai.warehouse.store import (
    NEVER_PUBLISHED,
    Fresh,
    VersionCleared,
    Warehouse,
    freshness,
    missing_files,
)
from shinrai.warehouse.tables import ARROW, IBIS, ColumnType, Table, latest

DUCKDB: Mapping[ColumnType, duckdb.sqltypes.DuckDBPyType] = {
    "int": duckdb.sqltypes.BIGINT,
    "string": duckdb.sqltypes.VARCHAR,
    "bool": duckdb.sqltypes.BOOLEAN,
    "date": duckdb.sqltypes.DATE,
}
Opened = Mapping[Table, DeltaTable | None]
COMPILED = 512  # questions whose SQL is kept


class UnknownTable(Misuse, LookupError):
    """A question names a table whose contract was not handed over."""


class UnknownKey(Misuse, LookupError):
    """A table was to be narrowed by a column that is no part of its key."""


@dataclass(frozen=True)
class Answer:
    """Carry the rows of an answer and what it was computed from.

    Shape:  `versions` and `fresh` have an entry per table asked; a table that was never published
            has version -1 and None.
    """

    rows: pa.Table
    versions: Mapping[str, int]
    fresh: Mapping[str, Fresh | None]
    seconds: float

    def records(self) -> list[dict[str, Any]]:
        """List the rows as dictionaries."""
        records: list[dict[str, Any]] = self.rows.to_pylist()
        return records


def run(
    warehouse: Warehouse,
    expression: ir.Expr,
    *,
    tables: Iterable[Table],
    within: Mapping[str, int] | None = None,
    versions: Mapping[str, int] | None = None,
) -> Answer:
    """Answer an expression over published tables.

    `within` narrows every table to one whole number of its key (a workspace) before the question is
    asked: rows of others are not there, and their files are not opened.
    `versions` names the versions to read, by table; those not named are read as they stand.
    Raises: UnknownTable, UnknownKey, UnknownVersion, VersionCleared, ContractBroken.
    """
    asked = {"": expression}
    return run_all(warehouse, asked, tables=tables, within=within, versions=versions)[""]


def run_all(
    warehouse: Warehouse,
    expressions: Mapping[str, ir.Expr],
    *,
    tables: Iterable[Table],
    within: Mapping[str, int] | None = None,
    versions: Mapping[str, int] | None = None,
    held: Mapping[str, ir.Table] | None = None,
) -> dict[str, Answer]:
    """Answer several expressions by name, over one version of every table: they agree.

    `held` are tables made first and kept until the last answer, for expressions that start from the
    same rows; they read one by its name and columns, `ibis.table(held.schema(), name=...)`.
    Raises: UnknownTable, UnknownKey, UnknownVersion, VersionCleared, ContractBroken.
    """
    tables, held = list(tables), held or {}
    opened: dict[Table, DeltaTable | None] = {}
    read: dict[str, Opened] = {}
    for name, expression in {**held, **expressions}.items():
        asked = [*tables_asked(expression, tables, beside=held), *_beneath(expression, held, read)]
        opened |= open_tables(
            warehouse, [table for table in asked if table not in opened], tables, versions or {}
        )
        read[name] = {table: opened[table] for table in asked}
    answers = {}
    with closing(warehouse.connect()) as connection, said_when_cleared(opened):
        for table, delta in opened.items():
            bind(connection, warehouse, table, delta, within or {})
        for name, kept in held.items():
            connection.sql(compiled(kept)).create(name)
        for name, expression in expressions.items():
            started = perf_counter()
            rows = connection.sql(compiled(expression)).to_arrow_table()
            took = perf_counter() - started
            answers[name] = answered(expression, rows, read[name], seconds=took)
    return answers


def _beneath(
    expression: ir.Expr, held: Mapping[str, ir.Table], read: Mapping[str, Opened]
) -> list[Table]:
    """List the tables from which the held ones that an expression reads were made."""
    names = {node.name for node in expression.op().find(ops.UnboundTable)} & held.keys()
    return [table for name in sorted(names) for table in read[name]]


def open_asked(
    warehouse: Warehouse,
    expression: ir.Expr,
    tables: Iterable[Table],
    versions: Mapping[str, int],
) -> Opened:
    """Open each table that an expression reads, at the version asked for.

    Raises: UnknownTable, UnknownVersion, ContractBroken.
    """
    tables = list(tables)
    return open_tables(warehouse, tables_asked(expression, tables), tables, versions)


def open_tables(
    warehouse: Warehouse,
    asked: Iterable[Table],
    tables: Iterable[Table],
    versions: Mapping[str, int],
) -> Opened:
    """Open some of the tables given, at the versions named.

    Raises: UnknownTable, UnknownVersion, ContractBroken.
    """
    unknown = sorted(versions.keys() - {table.name for table in tables})
    if unknown:
        raise UnknownTable(f"versions are named of tables not given: {', '.join(unknown)}")
    return {table: warehouse.delta(table, versions.get(table.name)) for table in asked}


def tables_asked(
    expression: ir.Expr, tables: Iterable[Table], *, beside: Container[str] = ()
) -> list[Table]:
    """List the contracts of the tables that an expression reads, each once.

    Names in `beside` are of tables that stand beside the published ones.
    Raises: UnknownTable.
    """
    known = {name: table for table in tables for name in (table.name, table.revisions_name)}
    asked: dict[str, Table] = {}
    for node in expression.op().find(ops.UnboundTable):
        if node.name in beside:
            continue
        if node.name not in known:
            raise UnknownTable(
                f"the question reads {node.name}; hand its contract over in `tables`"
                f" (given: {', '.join(sorted({t.name for t in known.values()})) or 'none'})"
            )
        table = known[node.name]
        asked[table.name] = table
        columns = table.columns if node.name == table.name else table.stored
        if dict(node.schema.items()) != dict(ibis.schema({c.name: IBIS[c.type] for c in columns})):
            raise UnknownTable(
                f"the question reads {node.name} in another shape than version {table.version}"
                " of its contract; write it against the contract's `unbound()` or `revisions()`"
            )
    return list(asked.values())


def compiled(expression: ir.Expr, dialect: str = "duckdb") -> str:
    """Compile an expression; the tables it names are views made beforehand.

    The last few hundred are kept: to compile takes longer than most questions take to answer.
    """
    return _compiled(expression.op(), dialect)


@lru_cache(maxsize=COMPILED)
def _compiled(asked: ops.Node, dialect: str) -> str:
    return str(ibis.to_sql(asked.to_expr(), dialect=dialect))


@contextmanager
def said_when_cleared(opened: Opened) -> Iterator[None]:
    """Say of a question that failed that files of its versions are no longer there, if so."""
    try:
        yield
    except Exception as error:
        cleared = [table.name for table, delta in opened.items() if delta and missing_files(delta)]
        if not cleared:
            raise
        raise VersionCleared(
            f"files of the version asked for are no longer there: {', '.join(cleared)};"
            " versions older than the clearing limit are readable only if they were kept",
            f"指定した版のファイルがもうありません: {', '.join(cleared)}。"
            "整理期限より古い版は、残すと決めたものだけが読めます",
        ) from error


def bind(
    connection: duckdb.DuckDBPyConnection,
    warehouse: Warehouse,
    table: Table,
    delta: DeltaTable | None,
    within: Mapping[str, int],
) -> None:
    """Make a table's two views on a connection: what is true, and all revisions."""
    read, files = f"{table.name}__read", f"{table.name}__files"
    if warehouse.is_remote and delta is not None:
        # DuckDB would need a download to read a URL; Delta's own reader hands it the rows.
        connection.register(read, delta.to_pyarrow_dataset())
    elif paths := files_within(warehouse, table, delta, within):
        by_folder = table.parted_by is not None
        connection.read_parquet(paths, hive_partitioning=by_folder).create_view(read)
    else:
        connection.register(read, table.schema().empty_table())
    # A parting column is read from a folder's name: it comes last, as what DuckDB takes it for.
    columns = (
        duckdb.ColumnExpression(column.name).cast(DUCKDB[column.type]).alias(column.name)
        for column in table.stored
    )
    connection.view(read).select(*columns).create_view(files)
    for name, view in views(table, within).items():
        connection.sql(compiled(view)).create_view(name)


def files_within(
    warehouse: Warehouse, table: Table, delta: DeltaTable | None, within: Mapping[str, int]
) -> list[str]:
    """List the files of a table that can hold rows within the values asked for."""
    if delta is None:
        return []
    # Delta's own way to name files; the names are the contract's and the values are whole numbers.
    asked = " AND ".join(f"{_key(table, name)} = {value:d}" for name, value in within.items())
    uris = delta.file_uris(file_pruning_predicate=asked or None)
    # Delta escapes what a URL may not hold, such as a blank or a kanji of the folder we gave it:
    # only what lies under that folder is taken from it, a file or a part's folder and a file.
    depth = 1 if table.parted_by is None else 2
    return ["/".join([warehouse.place(table), *uri.split("/")[-depth:]]) for uri in uris]


def views(table: Table, within: Mapping[str, int]) -> dict[str, ir.Table]:
    """Give the two tables that can be asked, as expressions over `<name>__files`.

    An engine makes a view of that name first, with the columns of the contract in its order.
    """
    rows = ibis.table({c.name: IBIS[c.type] for c in table.stored}, name=f"{table.name}__files")
    for name, value in within.items():
        rows = rows.filter(rows[_key(table, name)] == value)
    return {
        table.revisions_name: rows,
        table.name: latest(table, table.revisions()),
    }


def _key(table: Table, name: str) -> str:
    # Narrowed by any other column, an older revision would pass for the newest.
    if name not in table.key:
        raise UnknownKey(
            f"table {table.name} can be looked at within {', '.join(table.key)}, not {name};"
            " filter by other columns in the expression"
        )
    return name


def answered(expression: ir.Expr, rows: pa.Table, opened: Opened, *, seconds: float) -> Answer:
    """Make an answer of what an engine gave: its rows in the types the expression promises.

    DuckDB adds integers up to decimals; of what is no type of a table (a mean) it is left as it is.
    """
    promised = {IBIS[name]: arrow for name, arrow in ARROW.items()}
    schema = pa.schema(
        pa.field(name, promised.get(str(dtype.copy(nullable=True)), rows.schema.field(name).type))
        for name, dtype in expression.as_table().schema().items()
    )
    return Answer(
        rows=rows.cast(schema),
        versions={t.name: d.version() if d else NEVER_PUBLISHED for t, d in opened.items()},
        fresh={table.name: freshness(delta) for table, delta in opened.items()},
        seconds=seconds,
    )
