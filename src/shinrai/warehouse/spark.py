"""Run the same queries with Spark, for data too large for one machine.

PySpark is an optional dependency and needs Java 17; no other module imports this one. The caller
starts and stops the session, and every Spark worker must see the files under the same path.
"""

from collections.abc import Iterable, Mapping
from time import perf_counter
from typing import Any

import ibis.expr.types as ir
from deltalake import DeltaTable

from shinrai.warehouse.query import Answer, answered, open_asked
from shinrai.warehouse.store import Warehouse, freshness
from shinrai.warehouse.tables import ColumnType, Table
from shinrai.warehouse.views import compiled, files_within, said_when_cleared, views

SPARK: Mapping[ColumnType, str] = {
    "int": "bigint",
    "string": "string",
    "bool": "boolean",
    "date": "date",
}


def run_on_spark(
    session: Any,
    warehouse: Warehouse,
    expression: ir.Expr,
    *,
    tables: Iterable[Table],
    within: Mapping[str, int] | None = None,
    versions: Mapping[str, int] | None = None,
) -> Answer:
    """Run an expression as `query.run` does and return the same rows, in the same types.

    Raises: what `query.run` raises.
    """
    started = perf_counter()
    opened = open_asked(warehouse, expression, tables, versions or {})
    own = session.newSession()  # its views are not seen by others who ask at the same time
    own.conf.set("spark.sql.session.timeZone", "UTC")
    with said_when_cleared(warehouse, opened):
        for table, delta in opened.items():
            _bind(own, warehouse, table, delta, within or {})
        rows = own.sql(compiled(expression, "pyspark")).toArrow()
    fresh = {table: freshness(delta, table) for table, delta in opened.items()}
    return answered(expression, rows, opened, fresh, seconds=perf_counter() - started)


def _bind(
    session: Any,
    warehouse: Warehouse,
    table: Table,
    delta: DeltaTable | None,
    within: Mapping[str, int],
) -> None:
    if files := files_within(warehouse, table, delta, within):
        source = session.read.option("basePath", warehouse.place(table)).parquet(*files)
    else:
        empty = ", ".join(f"`{column.name}` {SPARK[column.type]}" for column in table.stored)
        source = session.createDataFrame([], empty)
    # A parting column is read from a folder's name: it comes last, as what Spark takes it for.
    columns = [source[c.name].cast(SPARK[c.type]).alias(c.name) for c in table.stored]
    source.select(columns).createOrReplaceTempView(f"{table.name}__files")
    for name, view in views(table, within).items():
        session.sql(compiled(view, "pyspark")).createOrReplaceTempView(name)
