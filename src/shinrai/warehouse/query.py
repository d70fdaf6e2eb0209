"""Run queries over published tables.

Ibis compiles an expression and DuckDB runs it in memory, on the Parquet files that belong to one
version of each table. No DuckDB extension and no shared database file is needed.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc
from deltalake import DeltaTable

from shinrai.units.errors import Misuse
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.parameters import Values, set_variables
from shinrai.warehouse.store import NEVER_PUBLISHED, Warehouse, freshness
from shinrai.warehouse.tables import ARROW, IBIS, REVISION, Table
from shinrai.warehouse.views import Opened, bind, compiled, key_column, said_when_cleared

READ_OF = 512  # questions of which it is kept which tables they read


class UnknownTable(Misuse, LookupError):
    """A query reads a table that is not among the `tables` passed."""


@dataclass(frozen=True)
class Answer:
    """The rows of an answer and what they were computed from.

    Shape:  `versions` and `fresh` have an entry per table read; a table that was never published
            has version -1 and None.
    """

    rows: pa.Table
    versions: Mapping[str, int]
    fresh: Mapping[str, Fresh | None]
    seconds: float

    def records(self) -> list[dict[str, Any]]:
        """Return the rows as dictionaries."""
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
    """Run an expression over published tables and return its answer.

    `within` restricts every table to one value of key columns (such as a workspace) before the
    query runs: other rows are not visible, and their files are not opened. `versions` says, by
    table name, which versions to read; of other tables the newest is read.

    Raises: UnknownTable, UnknownKey, UnknownVersion, VersionCleared, TableDamaged,
            ContractBroken.
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
    given: Mapping[str, pa.Table] | None = None,
    parameters: Values | None = None,
) -> dict[str, Answer]:
    """Run several expressions over the same version of every table; return the answers by name.

    `held` are tables computed once before the expressions that share them; an expression reads one
    as `ibis.table(held.schema(), name=...)`. `given` are the caller's own rows, read in the same
    way; one with the name of a published table replaces it. `parameters` are the values of the
    parameters in the expressions (see `warehouse.parameters`).

    Raises: UnknownTable, UnknownKey, UnknownVersion, VersionCleared, TableDamaged,
            ContractBroken.
    """
    tables, held, given = list(tables), held or {}, given or {}
    beside = frozenset((*held, *given))
    opened: dict[Table, DeltaTable | None] = {}
    read: dict[str, Opened] = {}
    for name, expression in {**held, **expressions}.items():
        named = tables_asked(expression, tables, beside=beside)
        asked = [*named, *_beneath(expression, held, read)]
        opened |= open_tables(
            warehouse, [table for table in asked if table not in opened], tables, versions or {}
        )
        read[name] = {table: opened[table] for table in asked}
    fresh = {table: freshness(delta, table) for table, delta in opened.items()}
    answers = {}
    with closing(warehouse.connect()) as connection, said_when_cleared(warehouse, opened):
        set_variables(connection, parameters or {})
        names = _names_in((*held.values(), *expressions.values()))
        for table, delta in opened.items():
            true = table.name in names
            bind(connection, warehouse, table, delta, within or {}, has_truth=true)
        for name, rows in given.items():
            connection.register(name, rows)
        for name, kept in held.items():
            connection.sql(compiled(kept)).create(name)
        for name, expression in expressions.items():
            started = perf_counter()
            rows = connection.sql(compiled(expression)).to_arrow_table()
            took = perf_counter() - started
            answers[name] = answered(expression, rows, read[name], fresh, seconds=took)
    return answers


def _names_in(expressions: Iterable[ir.Expr]) -> set[str]:
    return {name for expression in expressions for name in _reads(expression.op())}


@lru_cache(maxsize=READ_OF)
def _reads(expression: ops.Node) -> frozenset[str]:
    return frozenset(node.name for node in expression.find(ops.UnboundTable))


def _beneath(
    expression: ir.Expr, held: Mapping[str, ir.Table], read: Mapping[str, Opened]
) -> list[Table]:
    """Return the published tables that the held tables in an expression are computed from."""
    names = _reads(expression.op()) & held.keys()
    return [table for name in sorted(names) for table in read[name]]


def open_asked(
    warehouse: Warehouse,
    expression: ir.Expr,
    tables: Iterable[Table],
    versions: Mapping[str, int],
) -> Opened:
    """Open each table that an expression reads, at the version in `versions` or the newest.

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
    """Open the tables in `asked`, at the version in `versions` or the newest.

    Raises: UnknownTable if `versions` names a table not in `tables`, UnknownVersion,
            ContractBroken.
    """
    unknown = sorted(versions.keys() - {table.name for table in tables})
    if unknown:
        raise UnknownTable(f"versions are named of tables not given: {', '.join(unknown)}")
    return {table: warehouse.delta(table, versions.get(table.name)) for table in asked}


def tables_asked(
    expression: ir.Expr, tables: Iterable[Table], *, beside: Iterable[str] = ()
) -> list[Table]:
    """Return the published tables that an expression reads, each once.

    `beside` are names of tables that are not published ones; they are skipped.

    Raises: UnknownTable.
    """
    return list(_tables_asked(expression.op(), tuple(tables), frozenset(beside)))


@lru_cache(maxsize=READ_OF)
def _tables_asked(
    expression: ops.Node, tables: tuple[Table, ...], beside: frozenset[str]
) -> tuple[Table, ...]:
    known = {name: table for table in tables for name in (table.name, table.revisions_name)}
    asked: dict[str, Table] = {}
    for node in expression.find(ops.UnboundTable):
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
    return tuple(asked.values())


def answered(
    expression: ir.Expr,
    rows: pa.Table,
    opened: Opened,
    fresh: Mapping[Table, Fresh | None],
    *,
    seconds: float,
) -> Answer:
    """Return an `Answer` with the engine's rows cast to the types of the expression.

    DuckDB returns sums of integers as decimals. A type that tables do not have (such as that of a
    mean) is not cast.
    """
    promised = {IBIS[name]: arrow for name, arrow in ARROW.items()}
    schema = pa.schema(
        pa.field(name, promised.get(str(dtype.copy(nullable=True)), rows.schema.field(name).type))
        for name, dtype in expression.as_table().schema().items()
    )
    return Answer(
        rows=rows.cast(schema),
        versions={t.name: d.version() if d else NEVER_PUBLISHED for t, d in opened.items()},
        fresh={table.name: fresh[table] for table in opened},
        seconds=seconds,
    )


def revisions_after(
    warehouse: Warehouse,
    table: Table,
    mark: int,
    *,
    columns: Sequence[str],
    within: Mapping[str, int],
) -> Answer:
    """Return the rows published after the revision `mark`, all revisions of them, in no order.

    Only files that contain a revision above the mark are opened.

    Raises: UnknownKey, VersionCleared, TableDamaged, ContractBroken.
    """
    started = perf_counter()
    delta = warehouse.delta(table)
    if delta is None:
        return Answer(
            table.schema().empty_table().select(list(columns)),
            {table.name: NEVER_PUBLISHED},
            {table.name: None},
            0.0,
        )
    wanted = pc.field(REVISION.name) > mark
    for name, value in within.items():
        wanted &= pc.field(key_column(table, name)) == value
    with said_when_cleared(warehouse, {table: delta}):
        rows = delta.to_pyarrow_dataset().to_table(columns=list(columns), filter=wanted)
    return Answer(
        rows,
        {table.name: delta.version()},
        {table.name: freshness(delta, table)},
        perf_counter() - started,
    )
