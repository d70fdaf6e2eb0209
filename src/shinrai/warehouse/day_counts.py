"""Counts per day as rows in PostgreSQL: written by the worker, read and added up by pages.

What is counted is declared as `questions.DayCounts`.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from django.db import connection, models, transaction
from numpy.typing import NDArray
from psycopg import Cursor

from shinrai.books.bulk import copy_in
from shinrai.books.locks import wait_in_transaction
from shinrai.books.statements import statement
from shinrai.units.moments import epoch_us
from shinrai.warehouse.models import DayCount, DayCountFill, DayCountKeys
from shinrai.warehouse.questions import DAY, DayCounts, Question
from shinrai.warehouse.store import Fresh, Warehouse

if TYPE_CHECKING:
    import pyarrow as pa

NO_DAY: Final = 0  # ordinal of what belongs to no day
EPOCH: Final = date(1970, 1, 1).toordinal()
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Fill:
    """As of which moment counts stand, from which versions of tables, and how fresh these are."""

    at: datetime
    basis: str
    versions: Mapping[str, int]
    fresh: Mapping[str, Fresh | None]


@dataclass(frozen=True)
class DayNumbers:
    """What one question counted, day by day.

    Shape: `on` (ordinals of dates) and `key` (places in `combinations`) n each; `numbers` n x m.
    """

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    combinations: tuple[tuple[Any, ...], ...]
    on: Ints
    key: Ints
    numbers: Ints

    def __getitem__(self, column: str) -> Ints:
        """Give one column of numbers."""
        found: Ints = self.numbers[:, self.columns.index(column)]
        return found

    def of(self, wanted: Any) -> "DayNumbers":
        """Keep some rows: those marked, or those at some places."""
        return DayNumbers(
            self.keys,
            self.columns,
            self.combinations,
            self.on[wanted],
            self.key[wanted],
            self.numbers[wanted],
        )

    def between(self, since: date | None, until: date | None) -> "DayNumbers":
        """Keep the days between two dates, both included; without any date, also what has none."""
        if since is None and until is None:
            return self
        first = (since or date.min).toordinal()
        last = (until or date.max).toordinal()
        return self.of((self.on >= first) & (self.on <= last))

    def where(self, name: str, value: Any) -> "DayNumbers":
        """Keep what has one value of a key."""
        place = self.keys.index(name)
        wanted = np.array([one[place] == value for one in self.combinations], np.bool_)
        return self.of(wanted[self.key]) if len(wanted) else self

    def values(self, name: str) -> list[Any]:
        """List the values of a key that occur in these rows."""
        place = self.keys.index(name)
        return sorted({self.combinations[key][place] for key in np.unique(self.key).tolist()})

    def sums(self) -> list[dict[str, Any]]:
        """Add the numbers of equal keys up: one dictionary of keys and numbers each."""
        if not len(self.key):
            return []
        order = np.argsort(self.key, kind="stable")
        keys, starts = np.unique(self.key[order], return_index=True)
        totals = np.add.reduceat(self.numbers[order], starts, axis=0)
        return [
            {
                **dict(zip(self.keys, self.combinations[key], strict=True)),
                **dict(zip(self.columns, row, strict=True)),
            }
            for key, row in zip(keys.tolist(), totals.tolist(), strict=True)
        ]


def count_days(
    warehouse: Warehouse,
    counts: DayCounts,
    *,
    workspace_id: int,
    basis: str,
    at: datetime,
    given: Mapping[str, "pa.Table"] | None = None,
) -> bool:
    """Count all questions of a workspace as of a moment and store the days that differ.

    Counting a million rows takes seconds, so a worker does it. `basis` names what the answers
    depend on besides the tables; `given` are rows to count instead of published ones. Answers False
    if a count of a later moment is stored already.
    """
    from shinrai.warehouse.query import run_all  # DuckDB and Ibis: never in a web process

    with transaction.atomic():
        wait_in_transaction(f"day_counts:{counts.name}:{workspace_id}")
        stored = DayCountFill.objects.filter(workspace_id=workspace_id, name=counts.name)
        fill = stored.first()
        if fill is not None and fill.at > at:
            return False
        if fill is None:
            fill = DayCountFill(workspace_id=workspace_id, name=counts.name)
        questions = counts.questions()
        answers = run_all(
            warehouse,
            {name: question.expression for name, question in questions.asked.items()},
            tables=counts.tables,
            within={"workspace_id": workspace_id},
            held=questions.held,
            given=given,
            parameters={"at": epoch_us(at)},
        )
        fill.at, fill.basis = at, basis
        fill.versions = {n: v for one in answers.values() for n, v in one.versions.items()}
        fill.fresh = {
            name: None if fresh is None else [fresh.at.isoformat(), fresh.app, fresh.upto]
            for one in answers.values()
            for name, fresh in one.fresh.items()
        }
        fill.save()
        for name, question in questions.asked.items():
            _store(fill, name, question, answers[name].rows)
        DayCount.objects.filter(fill=fill).exclude(question__in=questions.asked).delete()
        DayCountKeys.objects.filter(fill=fill).exclude(question__in=questions.asked).delete()
    return True


def _store(fill: DayCountFill, name: str, question: Question, rows: "pa.Table") -> None:
    """Write the days of one question that differ from those stored."""
    columns = [c for c in rows.column_names if c != DAY and c not in question.keys]
    row, _ = DayCountKeys.objects.get_or_create(
        fill=fill, question=name, defaults={"columns": {}, "combinations": []}
    )
    described = {"keys": list(question.keys), "numbers": columns}
    known = row.combinations if row.columns == described else []
    combinations = [tuple(one) for one in known]
    key = _key_places(rows, question.keys, combinations)
    if row.columns != described or len(combinations) != len(known):
        row.columns, row.combinations = described, combinations
        row.save()
    table = np.empty((len(rows), 1 + len(columns)), np.int64)
    table[:, 0] = key
    for place, column in enumerate(columns, start=1):
        table[:, place] = rows[column].fill_null(0).cast("int64").to_numpy()
    on = rows[DAY].cast("int32").fill_null(NO_DAY - EPOCH).to_numpy() + EPOCH
    # Sorted by all columns, the same rows give the same bytes whatever order the engine gave.
    order = np.lexsort((*table.T[::-1], on))
    on, table = on[order], table[order]
    days, starts = np.unique(on, return_index=True)
    ends = [*starts[1:].tolist(), len(on)] if len(on) else []
    made = {
        day: pack(table[start:end])
        for day, start, end in zip(days.tolist(), starts.tolist(), ends, strict=True)
    }
    _replace(fill, name, made)


def _key_places(rows: "pa.Table", keys: Iterable[str], combinations: list[tuple[Any, ...]]) -> Ints:
    """Find the place of each row's keys among the combinations; new ones are added at the end."""
    import pyarrow as pa
    import pyarrow.compute as pc

    names = list(keys)
    codes = np.zeros(len(rows), np.int64)
    for name in names:
        column = pc.dictionary_encode(rows[name].combine_chunks(), null_encoding="encode")
        both = codes * max(1, len(column.dictionary)) + np.asarray(column.indices, np.int64)
        # Numbered anew after each column, the product of two stays small.
        codes = np.asarray(pc.dictionary_encode(pa.array(both)).indices, np.int64)
    distinct, first = np.unique(codes, return_index=True)
    some = rows.select(names).take(pa.array(first))
    places = {one: place for place, one in enumerate(combinations)}
    found = np.empty(len(distinct), np.int64)
    for number, one in enumerate(zip(*(some[n].to_pylist() for n in names), strict=True)):
        if one not in places:
            places[one] = len(combinations)
            combinations.append(one)
        found[number] = places[one]
    return found[codes] if len(distinct) else codes


def _replace(fill: DayCountFill, name: str, made: Mapping[int, bytes]) -> None:
    stored = DayCount.objects.filter(fill=fill, question=name)
    digests = {day: hashlib.blake2b(data, digest_size=16).digest() for day, data in made.items()}
    same, other = set(), []
    for number, on, digest in stored.values_list("id", DAY, "digest"):
        day = NO_DAY if on is None else on.toordinal()
        if digests.get(day) == bytes(digest):
            same.add(day)
        else:
            other.append(number)
    if other:
        DayCount.objects.filter(id__in=other).delete()
    copy_in(
        DayCount._meta.db_table,
        ("fill_id", "question", DAY, "numbers", "digest"),
        (
            (
                fill.pk,
                name,
                None if day == NO_DAY else date.fromordinal(day),
                data,
                digests[day],
            )
            for day, data in made.items()
            if day not in same
        ),
    )


def pack(table: Ints) -> bytes:
    """Write rows of whole numbers as bytes: the size of a number (4 or 8), then row by row."""
    if not len(table) or np.abs(table).max() < 2**31:
        return b"\x04" + table.astype("<i4").tobytes()
    return b"\x08" + table.astype("<i8").tobytes()


def unpack(data: bytes, width: int) -> Ints:
    """Read what `pack` wrote.

    Shape: rows x width.
    """
    numbers = np.frombuffer(data, "<i4" if data[0] == 4 else "<i8", offset=1)
    return numbers.astype(np.int64).reshape(-1, width)


def fill_of(name: str, *, workspace_id: int) -> Fill | None:
    """Say as of when counts stand; None if nobody has counted yet."""
    row = DayCountFill.objects.filter(workspace_id=workspace_id, name=name).first()
    return None if row is None else _fill(row.at, row.basis, row.versions, row.fresh)


def _fill(at: datetime, basis: str, versions: Any, fresh: Any) -> Fill:
    return Fill(
        at=at,
        basis=basis,
        versions=versions,
        fresh={
            name: None if one is None else Fresh(datetime.fromisoformat(one[0]), one[1], one[2])
            for name, one in fresh.items()
        },
    )


def day_numbers(
    name: str,
    *,
    workspace_id: int,
    questions: Iterable[str],
    since: date | None = None,
    until: date | None = None,
) -> tuple[Fill, dict[str, DayNumbers]] | None:
    """Read what some questions counted between two dates, both included; None if never counted.

    Rows without a day are always among them. One statement reads everything, so that all of it is
    of one count.
    """
    asked = list(questions)
    given = {
        "workspace_id": workspace_id,
        "name": name,
        "questions": asked,
        "since": since or date.min,
        "until": until or date.max,
    }
    fill: Fill | None = None
    described: dict[str, tuple[Any, Any]] = {}
    days: dict[str, list[tuple[int, bytes]]] = {question: [] for question in asked}
    for part, question, on, numbers, said in _read(statement("warehouse", "day_numbers"), given):
        if part == "fill":
            fill = _fill(
                datetime.fromisoformat(said["at"]), said["basis"], said["versions"], said["fresh"]
            )
        elif part == "keys":
            described[question] = (said["columns"], said["combinations"])
        else:
            days[question].append((NO_DAY if on is None else on.toordinal(), numbers))
    if fill is None:
        return None
    return fill, {
        question: _numbers(
            *described.get(question, ({"keys": [], "numbers": []}, [])), days[question]
        )
        for question in asked
    }


def last_day(name: str, *, workspace_id: int, questions: Iterable[str]) -> date | None:
    """Find the last day of which some questions counted anything."""
    days = DayCount.objects.filter(
        fill__workspace_id=workspace_id, fill__name=name, question__in=list(questions)
    )
    found: date | None = days.aggregate(last=models.Max(DAY))["last"]
    return found


def _read(sql: str, given: Mapping[str, Any]) -> Iterator[tuple[Any, ...]]:
    # In binary form: as text, PostgreSQL writes every byte as two characters.
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(cast(Any, connection.connection)) as cursor:
        cursor.execute(sql, given, binary=True)
        yield from cursor


def _numbers(columns: Any, combinations: Any, days: list[tuple[int, bytes]]) -> DayNumbers:
    names = tuple(columns["numbers"])
    parts = [unpack(data, 1 + len(names)) for _, data in days]
    table = np.concatenate(parts) if parts else np.empty((0, 1 + len(names)), np.int64)
    on = np.repeat(np.array([day for day, _ in days], np.int64), [len(part) for part in parts])
    return DayNumbers(
        keys=tuple(columns["keys"]),
        columns=names,
        combinations=tuple(tuple(one) for one in combinations),
        on=on,
        key=table[:, 0],
        numbers=table[:, 1:],
    )
