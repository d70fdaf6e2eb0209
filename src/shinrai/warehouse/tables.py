"""Declare published tables: name, what one row is, columns, and what each null means.

Measures are written against `Table.unbound()`: one row per key, from its newest revision. On disk
are all revisions, which are only appended; `latest` selects the current rows from them.
"""

import re
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal, cast

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from shinrai.units.errors import Misuse
from shinrai.units.moments import epoch_us

ColumnType = Literal["int", "string", "bool", "date"]

ARROW: Mapping[ColumnType, pa.DataType] = {
    "int": pa.int64(),
    "string": pa.string(),
    "bool": pa.bool_(),
    "date": pa.date32(),
}
NOTHING: Mapping[ColumnType, Any] = {"int": 0, "string": "", "bool": False, "date": date.min}
IBIS: Mapping[ColumnType, str] = {
    "int": "int64",
    "string": "string",
    "bool": "boolean",
    "date": "date",
}
FITS: Mapping[ColumnType, Callable[[pa.DataType], bool]] = {
    "int": pa.types.is_integer,
    "string": lambda given: pa.types.is_string(given) or pa.types.is_large_string(given),
    "bool": pa.types.is_boolean,
    "date": pa.types.is_date32,
}
ENDINGS: Mapping[str, ColumnType] = {"_us": "int", "_s": "int", "_on": "date", "_count": "int"}
PLAIN_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
# What a person wrote, or is called, stays in PostgreSQL under that person's key: a table that
# never held it needs no erasing. The last part of a column's name gives such a column away.
WORDS = frozenset(
    (
        *("address", "author", "body", "comment", "description", "email", "mail", "message"),
        *("name", "names", "note", "notes", "phone", "reason", "subject", "text", "title"),
        *("word", "words"),
    )
)


class BadColumn(Misuse, ValueError):
    """A column that DuckDB and Spark would read differently, or that could hold personal text."""


class BadTable(Misuse, ValueError):
    """A table whose declaration contradicts itself."""


class WrongRows(Misuse, ValueError):
    """Rows that do not fit the declaration of the table they are to be published in."""


@dataclass(frozen=True)
class Column:
    """Declare a column: its name, its type, what it holds (`text`), and what a null means.

    Moments are `*_us` (int, microseconds since 1970 UTC), durations `*_s` (int, seconds), dates
    `*_on` (already in the right time zone). There are no timestamps, because engines treat them
    differently, and no floats, because shares must be divided after adding up, not before.

    Raises: BadColumn, with the rule that is broken.
    """

    name: str
    type: ColumnType
    text: str
    null_means: str | None = None  # None: never null

    def __post_init__(self) -> None:
        fault = _fault(self.name, self.type)
        if fault:
            raise BadColumn(f"column {self.name!r} ({self.type}): {fault}")
        if not self.text.strip() or self.null_means == "":
            raise BadColumn(f"column {self.name!r}: say what it holds, and what a null means")


def _fault(name: str, type_: str) -> str | None:
    if type_ not in ARROW:
        return f"tables hold {', '.join(ARROW)}; make a moment *_us and a span *_s, both int"
    if not PLAIN_NAME.fullmatch(name):
        return "write a name in lower case, its parts joined by single underscores"
    if name.rpartition("_")[2] in WORDS:
        return "words and names stay in the books; publish an identifier or a count"
    if name == "at" or name.endswith("_at"):
        return "publish a moment as *_us, microseconds since 1970 UTC"
    if name.endswith("_share"):
        return "publish the two counts; a share is divided after adding"
    for ending, needed in ENDINGS.items():
        if name.endswith(ending) and type_ != needed:
            return f"a name that ends in {ending} is of type {needed}"
    if type_ == "date" and not name.endswith("_on"):
        return "a date's name ends in _on"
    return None


REVISION = Column("revision", "int", "rises in the books with every change; the highest is true")
GONE = Column("gone", "bool", "this key no longer exists since this revision")


@dataclass(frozen=True)
class Table:
    """Declare a published table; the columns `revision` and `gone` are added to those listed.

    When columns or their meaning change, raise `version`: the new table is then filled from the
    start, and the old one stays readable for the reports that refer to it.

    Shape:  one row per key in `unbound()`; one row per key and revision in `revisions()`.
    Raises: BadTable, with the rule that is broken.
    """

    name: str
    grain: str  # in words: "one row per ..."
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    version: int = 1
    parted_by: str | None = None  # an int of the key that every reader names: files are split by it
    is_source: bool = False  # what it holds lies nowhere else: it cannot be filled anew

    def __post_init__(self) -> None:
        fault = self._fault()
        if fault:
            raise BadTable(f"table {self.name!r}: {fault}")

    def _fault(self) -> str | None:
        columns = {column.name: column for column in self.columns}
        twice = [name for name, count in Counter(c.name for c in self.columns).items() if count > 1]
        if not PLAIN_NAME.fullmatch(self.name):
            return "write its name in lower case, its parts joined by single underscores"
        if self.version < 1:
            return "versions count from 1"
        if twice:
            return f"columns are declared twice: {', '.join(twice)}"
        if columns.keys() & {REVISION.name, GONE.name}:
            return "`revision` and `gone` are added by the warehouse; leave them out"
        if not self.key or len(set(self.key)) < len(self.key):
            return "the key needs at least one column, each once"
        for name in self.key:
            if name not in columns:
                return f"its key names {name!r}, which is no column"
            if columns[name].null_means is not None:
                return f"{name!r} is part of the key and cannot be null"
        if self.parted_by is None:
            return None
        if self.parted_by not in self.key or columns[self.parted_by].type != "int":
            return f"it is parted by {self.parted_by!r}, which must be an int of its key"
        if len(columns) == 1:
            return "its parting column stands in folder names; it needs another column"
        return None

    @property
    def stored(self) -> tuple[Column, ...]:
        """Return the columns as stored on disk, with `revision` and `gone`."""
        return (*self.columns, REVISION, GONE)

    @property
    def revisions_name(self) -> str:
        """Return the name under which a query reads all revisions of this table."""
        return f"{self.name}__revisions"

    def schema(self) -> pa.Schema:
        """Return the Arrow schema in which rows are published."""
        return pa.schema(
            pa.field(c.name, ARROW[c.type], nullable=c.null_means is not None) for c in self.stored
        )

    def unbound(self) -> ir.Table:
        """Return the Ibis table for measures: one row per existing key, its newest revision."""
        return ibis.table({c.name: IBIS[c.type] for c in self.columns}, name=self.name)

    def revisions(self) -> ir.Table:
        """Return the Ibis table of every revision, for queries about how a row changed."""
        return ibis.table({c.name: IBIS[c.type] for c in self.stored}, name=self.revisions_name)

    def batch(self, columns: Mapping[str, Any]) -> pa.RecordBatch:
        """Return rows to publish, from one sequence or array per column; `gone` may be left out.

        Raises: WrongRows, with the name of the column.
        """
        given = dict(columns)
        if GONE.name not in given and REVISION.name in given:
            given[GONE.name] = pa.array([False] * len(given[REVISION.name]), pa.bool_())
        names = [column.name for column in self.stored]
        if set(given) != set(names):
            odd = ", ".join(sorted(set(given) ^ set(names)))
            raise WrongRows(f"table {self.name}: missing or unknown columns: {odd}")
        arrays = []
        for column in self.stored:
            try:
                arrays.append(_array(column, given[column.name]))
            except (ValueError, TypeError, OverflowError) as error:
                raise WrongRows(f"table {self.name}, column {column.name}: {error}") from error
        try:
            rows = pa.RecordBatch.from_arrays(arrays, schema=self.schema())
        except ValueError as error:
            raise WrongRows(f"table {self.name}: {error}") from error
        return self.check(rows)

    def gone(self, key: Mapping[str, Any], *, revision: int) -> pa.RecordBatch:
        """Return rows which mark these keys as no longer existing; other columns hold placeholders.

        Input:  one sequence or array per column of the key.
        """
        count = len(key[self.key[0]])
        return self.batch(
            {
                **{
                    column.name: [None if column.null_means else NOTHING[column.type]] * count
                    for column in self.columns
                },
                **key,
                "revision": [revision] * count,
                "gone": [True] * count,
            }
        )

    def truth(self, batches: Iterable[pa.RecordBatch]) -> pa.Table:
        """Return the rows of one revision that are not gone, with the columns of `unbound()`."""
        rows = pa.Table.from_batches(batches, self.schema())
        there = rows.filter(pc.invert(rows[GONE.name]))
        return there.select([column.name for column in self.columns])

    def check(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """Return the rows unchanged if they fit this declaration.

        Raises: WrongRows, with the column and what it should hold.
        """
        if rows.schema.names != self.schema().names:
            raise WrongRows(
                f"table {self.name}: rows have columns {rows.schema.names},"
                f" the contract says {self.schema().names}"
            )
        for column, values in zip(self.stored, rows.columns, strict=True):
            if values.type != ARROW[column.type]:
                raise WrongRows(
                    f"table {self.name}, column {column.name}: holds {values.type},"
                    f" the contract says {ARROW[column.type]}"
                )
            if column.null_means is None and values.null_count:
                raise WrongRows(
                    f"table {self.name}, column {column.name}: {values.null_count} nulls,"
                    " and the contract gives a null no meaning"
                )
        return rows


def attributes(table: Table, thing: Any) -> dict[str, Any]:
    """Return those columns of a row that are attributes of a record.

    Columns `x` and `x_count` are read from its attribute `x`; a column `x_us` from its datetime
    `x_at`.
    """
    found = {}
    for column, name, is_moment in _attribute_names(table, cast(Hashable, type(thing))):
        value = getattr(thing, name)
        found[column] = epoch_us(value) if is_moment and value is not None else value
    return found


@lru_cache(maxsize=32)
def _attribute_names(table: Table, kind: Any) -> tuple[tuple[str, str, bool], ...]:
    names = set(kind.__annotations__)
    found = []
    for column in table.columns:
        name = column.name.removesuffix("_count")
        moment = f"{column.name.removesuffix('_us')}_at"
        if column.name.endswith("_us") and moment in names:
            found.append((column.name, moment, True))
        elif name in names:
            found.append((column.name, name, False))
    return tuple(found)


def transposed(rows: Sequence[Mapping[str, Any]], table: Table) -> dict[str, list[Any]]:
    """Turn rows into columns; without rows, return the table's columns as empty lists."""
    names = rows[0] if rows else [column.name for column in table.columns]
    return {name: [row[name] for row in rows] for name in names}


def _array(column: Column, values: Any) -> pa.Array:
    # Told the type, Arrow cuts 1.5 to 1 and a moment to its day in UTC, and says nothing.
    array = pa.array(values)
    if not (FITS[column.type](array.type) or pa.types.is_null(array.type)):
        raise TypeError(f"holds {array.type}, the contract says {ARROW[column.type]}")
    return array.cast(ARROW[column.type])


def latest(table: Table, revisions: ir.Table, recent: ir.Table | None = None) -> ir.Table:
    """Return the newest revision of each key, without the keys that are gone.

    Input:  the shape of `table.revisions()`.
    Shape:  that of `table.unbound()`.
    """
    rows = newest(table, revisions, recent)
    truth = rows.filter(~rows[GONE.name])
    return cast(ir.Table, truth.select([column.name for column in table.columns]))


def newest(table: Table, revisions: ir.Table, recent: ir.Table | None = None) -> ir.Table:
    """Return the newest revision of each key, also of keys that are gone.

    Input:  the shape of `table.revisions()`; the result has it too. `recent` are rows that contain
            every key with several revisions; without it such keys are found by counting.
    """
    # Most keys have one revision: only those that have several are put in order, and the others
    # stream by. Not one `arg_max` per column: that passes over nulls and would bring back older
    # values.
    key = list(table.key)
    if recent is None:
        counted = revisions.group_by(key).aggregate(revisions_count=revisions.count())
        several = counted.filter(counted.revisions_count > 1).select(key)
    else:
        several = recent.select(key).distinct()
    columns = [column.name for column in table.stored]
    alone = revisions.anti_join(several, key).select(columns)
    changed = revisions.semi_join(several, key)
    place = ibis.row_number().over(
        group_by=[changed[name] for name in key], order_by=changed[REVISION.name].desc()
    )
    placed = changed.mutate(newest_first=place)
    first = placed.filter(placed.newest_first == 0).select(columns)
    return cast(ir.Table, alone.union(first))
