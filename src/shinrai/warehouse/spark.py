"""Run the same queries with Spark, for data too large for one machine.

PySpark is an optional dependency and needs Java 17. Delta's log is read here, and only the names of
files go to Spark: from a folder that all workers see Spark reads Parquet itself; from a URL each
worker opens its files with Delta's storage and Arrow, so that no jar is needed.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from time import perf_counter
from typing import Any

import ibis.expr.types as ir
import pyarrow as pa
from deltalake import DeltaTable

from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.parameters import Values, as_literals
from shinrai.warehouse.query import Answer, answered, open_tables, tables_asked
from shinrai.warehouse.store import Warehouse, freshness
from shinrai.warehouse.tables import ColumnType, Table
from shinrai.warehouse.views import compiled, files_within, said_when_cleared, views

SPARK: Mapping[ColumnType, str] = {
    "int": "bigint",
    "string": "string",
    "bool": "boolean",
    "date": "date",
}


class SparkMissing(UserError, RuntimeError):
    """Spark was asked for and is not installed, or does not answer."""


@lru_cache(maxsize=1)
def session_at(master: str, storage_keys: tuple[tuple[str, str], ...] = ()) -> Any:
    """Return the session of a Spark master, such as spark://host:7077; one a process.

    `storage_keys` are environment variables with which its workers open object storage: else they
    have those of Spark's Java process, which may be older.
    Raises: SparkMissing.
    """
    if not master.startswith(("spark://", "k8s://", "local", "yarn")):
        raise SparkMissing(
            Text("SHINRAI_ENGINE is {master!r}; it accepts a Spark master such as "
                 "spark://host:7077", master=master)
        )  # fmt: skip
    try:
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise SparkMissing(
            Text(
                "SHINRAI_ENGINE names Spark, which is not installed here: pip install "
                "'shinrai[spark]', and Java 17"
            )
        ) from error
    builder = SparkSession.builder.master(master).appName("shinrai")
    builder = builder.config("spark.ui.enabled", "false")
    for name, value in storage_keys:
        builder = builder.config(f"spark.executorEnv.{name}", value)
    try:
        return builder.getOrCreate()
    except (PySparkException, Py4JError, OSError) as error:
        lines = str(error).splitlines() or [type(error).__name__]
        why = next((line for line in lines if "Exception:" in line), lines[0]).lstrip(": ")[:200]
        raise SparkMissing(
            Text("Spark at {master} does not answer: {why}", master=master, why=why)
        ) from error


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
    asked = {"": expression}
    found = run_all_on_spark(
        session, warehouse, asked, tables=tables, within=within, versions=versions
    )
    return found[""]


def run_all_on_spark(
    session: Any,
    warehouse: Warehouse,
    expressions: Mapping[str, ir.Expr],
    *,
    tables: Iterable[Table],
    within: Mapping[str, int] | None = None,
    versions: Mapping[str, int] | None = None,
    given: Mapping[str, pa.Table] | None = None,
    parameters: Values | None = None,
) -> dict[str, Answer]:
    """Run expressions as `query.run_all` does, over the same version of every table.

    Raises: what `query.run_all` raises.
    """
    tables, given = list(tables), given or {}
    asked = {
        name: tables_asked(expression, tables, beside=given)
        for name, expression in expressions.items()
    }
    opened = open_tables(warehouse, dict.fromkeys(chain(*asked.values())), tables, versions or {})
    fresh = {table: freshness(delta, table) for table, delta in opened.items()}
    own = session.newSession()  # its views are not seen by others who ask at the same time
    own.conf.set("spark.sql.session.timeZone", "UTC")
    answers = {}
    with said_when_cleared(warehouse, opened):
        for table, delta in opened.items():
            _bind(own, warehouse, table, delta, within or {})
        for name, rows in given.items():
            own.createDataFrame(rows).createOrReplaceTempView(name)
        for name, expression in expressions.items():
            started = perf_counter()
            said = as_literals(expression.op(), parameters or {}).to_expr()
            rows = own.sql(compiled(said, "pyspark")).toArrow()
            took = perf_counter() - started
            read = {table: opened[table] for table in asked[name]}
            answers[name] = answered(expression, rows, read, fresh, seconds=took)
    return answers


def _bind(
    session: Any,
    warehouse: Warehouse,
    table: Table,
    delta: DeltaTable | None,
    within: Mapping[str, int],
) -> None:
    files = files_within(warehouse, table, delta, within)
    if not files:
        empty = ", ".join(f"`{column.name}` {SPARK[column.type]}" for column in table.stored)
        source = session.createDataFrame([], empty)
    elif warehouse.is_remote:
        source = _remote(session, warehouse, table, files)
    else:
        source = session.read.option("basePath", warehouse.place(table)).parquet(*files)
    # A parting column is read from a folder's name: it comes last, as what Spark takes it for.
    columns = [source[c.name].cast(SPARK[c.type]).alias(c.name) for c in table.stored]
    source.select(columns).createOrReplaceTempView(f"{table.name}__files")
    for name, view in views(table, within).items():
        session.sql(compiled(view, "pyspark")).createOrReplaceTempView(name)


def _remote(session: Any, warehouse: Warehouse, table: Table, files: list[str]) -> Any:
    """Return the rows of files in object storage; each is read where Spark sends its name."""
    place, options, schema = warehouse.place(table), dict(warehouse.options), table.schema()
    parts = pa.schema([schema.field(table.parted_by)] if table.parted_by else [])

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        # Runs on a worker, which has Arrow and Delta and not this package.
        from deltalake.fs import DeltaStorageHandler
        from pyarrow.dataset import dataset, partitioning
        from pyarrow.fs import PyFileSystem

        there = PyFileSystem(DeltaStorageHandler(place, options))
        for batch in batches:
            for path in batch["path"].to_pylist():
                rows = dataset(
                    [path],
                    schema=schema,
                    filesystem=there,
                    format="parquet",
                    partitioning=partitioning(parts, flavor="hive"),
                )
                yield from rows.to_batches()

    names = [(path.removeprefix(f"{place}/"),) for path in files]
    spread = session.createDataFrame(names, "path string").repartition(len(names))
    return spread.mapInArrow(read, ", ".join(f"`{c.name}` {SPARK[c.type]}" for c in table.stored))
