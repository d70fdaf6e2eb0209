"""How a question about published tables is answered.

An expression is compiled by Ibis and answered by DuckDB, in memory, from the Parquet files that one
version of each table lists. Nothing else is needed: no extension, no shared database file.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from shinrai.warehouse.store import (
    NEVER_PUBLISHED,
    Fresh,
    VersionCleared,
    Warehouse,
    freshness,
    missing_files,
)
from shinrai.warehouse.tables import ARROW, IBIS, Table, latest


class UnknownTable(LookupError):
    """A question names a table whose contract was not handed over."""


class UnknownKey(LookupError):
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
    started = perf_counter()
    tables, versions = list(tables), versions or {}
    unknown = sorted(versions.keys() - {table.name for table in tables})
    if unknown:
        raise UnknownTable(f"versions are named of tables not given: {', '.join(unknown)}")
    asked = tables_asked(expression, tables)
    opened = {table.name: warehouse.delta(table, versions.get(table.name)) for table in asked}
    with closing(warehouse.connect()) as connection:
        try:
            for table in asked:
                bind(connection, warehouse, table, opened[table.name], within or {})
            rows = connection.sql(compiled(expression)).to_arrow_table()
        except duckdb.IOException as error:
            cleared = [name for name, delta in opened.items() if delta and missing_files(delta)]
            if not cleared:
                raise
            raise VersionCleared(
                f"files of the version asked for are no longer there: {', '.join(cleared)};"
                " versions older than the clearing limit are readable only if they were kept"
            ) from error
    return Answer(
        rows=_typed(rows, expression.as_table().schema()),
        versions={name: d.version() if d else NEVER_PUBLISHED for name, d in opened.items()},
        fresh={name: freshness(delta) for name, delta in opened.items()},
        seconds=perf_counter() - started,
    )


def tables_asked(expression: ir.Expr, tables: Iterable[Table]) -> list[Table]:
    """List the contracts of the tables that an expression reads, each once.

    Raises: UnknownTable.
    """
    known = {name: table for table in tables for name in (table.name, table.revisions_name)}
    asked: dict[str, Table] = {}
    for node in expression.op().find(ops.UnboundTable):
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
    """Compile an expression; the tables it names are views made beforehand."""
    return str(ibis.to_sql(expression, dialect=dialect))


def bind(
    connection: duckdb.DuckDBPyConnection,
    warehouse: Warehouse,
    table: Table,
    delta: DeltaTable | None,
    within: Mapping[str, int],
) -> None:
    """Make a table's two views on a connection: what is true, and all revisions."""
    source = f"{table.name}__files"
    if warehouse.is_remote and delta is not None:
        # DuckDB would need a download to read a URL; Delta's own reader hands it the rows.
        connection.register(source, delta.to_pyarrow_dataset())
    elif files := files_within(warehouse, table, delta, within):
        by_folder = table.parted_by is not None
        connection.read_parquet(files, hive_partitioning=by_folder).create_view(source)
    else:
        connection.register(source, table.schema().empty_table())
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
    """Give the two tables that can be asked, as expressions over `<name>__files`."""
    files = ibis.table({c.name: IBIS[c.type] for c in table.stored}, name=f"{table.name}__files")
    # Cast: a parting column is read from a folder's name, as whatever the engine takes it for.
    rows = files.select(**{c.name: files[c.name].cast(IBIS[c.type]) for c in table.stored})
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


def _typed(rows: pa.Table, schema: Any) -> pa.Table:
    """Give columns the types that the expression promises; DuckDB sums integers into decimals."""
    promised = {IBIS[name]: arrow for name, arrow in ARROW.items()}
    fields = [
        pa.field(name, promised.get(str(dtype.copy(nullable=True)), rows.schema.field(name).type))
        for name, dtype in schema.items()
    ]
    return rows.cast(pa.schema(fields))
