"""Read the counts per day that `day_count_writer` stores in PostgreSQL, for pages.

`questions.DayCounts` declares what is counted.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, cast

import numpy as np
from django.db import connection, models
from numpy.typing import NDArray
from psycopg import Cursor

from shinrai.postgres.statements import statement
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.models import DayCount, DayCountFill

DAY: Final = "on"
NO_DAY: Final = 0  # ordinal of what belongs to no day
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Fill:
    """When counts were made, from which versions of tables, and how fresh those tables were."""

    at: datetime
    basis: str
    notes: Mapping[str, Any]
    versions: Mapping[str, int]
    fresh: Mapping[str, Fresh | None]


@dataclass(frozen=True)
class DayNumbers:
    """What one question counted, day by day.

    Shape: `on` (ordinals of dates) and `key` (indices into `combinations`) have n entries each;
    `numbers` is n x m, with one column per name in `columns`.
    """

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    combinations: tuple[tuple[Any, ...], ...]
    on: Ints
    key: Ints
    numbers: Ints

    def __getitem__(self, column: str) -> Ints:
        """Return one column of numbers; it is empty where nothing is counted."""
        if not len(self.key):
            return np.empty(0, np.int64)
        found: Ints = self.numbers[:, self.columns.index(column)]
        return found

    def of(self, wanted: Any) -> "DayNumbers":
        """Return only some rows, chosen by a boolean mask or by their indices."""
        return DayNumbers(
            self.keys,
            self.columns,
            self.combinations,
            self.on[wanted],
            self.key[wanted],
            self.numbers[wanted],
        )

    def between(self, since: date | None, until: date | None) -> "DayNumbers":
        """Return the rows of the days from `since` to `until`, both included.

        With neither date, all rows are returned, also those without a day.
        """
        if since is None and until is None:
            return self
        first = (since or date.min).toordinal()
        last = (until or date.max).toordinal()
        return self.of((self.on >= first) & (self.on <= last))

    def where(self, name: str, value: Any) -> "DayNumbers":
        """Return the rows in which the key `name` has this value."""
        if not len(self.key):
            return self
        place = self.keys.index(name)
        wanted = np.array([one[place] == value for one in self.combinations], np.bool_)
        return self.of(wanted[self.key])

    def values(self, name: str) -> list[Any]:
        """Return the values that a key has in these rows, sorted."""
        if not len(self.key):
            return []
        place = self.keys.index(name)
        return sorted({self.combinations[key][place] for key in np.unique(self.key).tolist()})

    def sums(self) -> list[dict[str, Any]]:
        """Add up the numbers of rows with equal keys; return one dictionary per combination."""
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


def unpack(stored: Sequence[bytes], width: int) -> tuple[Ints, Ints]:
    """Return the tables that `pack` made into bytes, one under another, and their lengths.

    Shape: rows x width, and one length for each of `stored`.
    """
    sizes = np.array([data[0] for data in stored], np.int64)
    lengths = (np.array([len(data) for data in stored], np.int64) - 1) // (sizes * width)
    table = np.empty((int(lengths.sum()), width), np.int64)
    of_row = np.repeat(sizes, lengths)
    # One array for each size of number: an array for each day would take most of a page's time.
    for size, form in ((4, "<i4"), (8, "<i8")):
        together = b"".join([data[1:] for data in stored if data[0] == size])
        table[of_row == size] = np.frombuffer(together, form).reshape(-1, width)
    return table, lengths


def fill_of(name: str, *, workspace_id: int) -> Fill | None:
    """Return when and from what the counts of a workspace were made; None if never counted."""
    row = DayCountFill.objects.filter(workspace_id=workspace_id, name=name).values().first()
    return None if row is None else _fill(row["at"], row)


def tables_read(*, workspace_id: int) -> dict[str, datetime]:
    """Return up to when each table was read that a workspace's counts were made from."""
    found: dict[str, datetime] = {}
    for row in DayCountFill.objects.filter(workspace_id=workspace_id).order_by("at").values():
        fresh = _fill(row["at"], row).fresh.items()
        found |= {name: one.at for name, one in fresh if one is not None}
    return dict(sorted(found.items()))


def _fill(at: datetime, row: Mapping[str, Any]) -> Fill:
    return Fill(
        at=at,
        basis=row["basis"],
        notes=row["notes"],
        versions=row["versions"],
        fresh={
            name: None if one is None else Fresh(datetime.fromisoformat(one[0]), one[1], one[2])
            for name, one in row["fresh"].items()
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
    """Return what some questions counted from `since` to `until`, both included.

    None if the workspace was never counted. Rows without a day are always included. One SQL
    statement reads everything, so all numbers come from the same count.
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
            fill = _fill(datetime.fromisoformat(said["at"]), said)
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
    """Return the last day for which one of these questions has counts; None if there is none."""
    days = DayCount.objects.filter(
        fill__workspace_id=workspace_id, fill__name=name, question__in=list(questions)
    )
    found: date | None = days.aggregate(last=models.Max(DAY))["last"]
    return found


def _read(sql: str, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    # In binary form: as text, PostgreSQL writes every byte as two characters.
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(cast(Any, connection.connection)) as cursor:
        cursor.execute(sql, given, binary=True)
        return cursor.fetchall()


def _numbers(columns: Any, combinations: Any, days: list[tuple[int, bytes]]) -> DayNumbers:
    names = tuple(columns["numbers"])
    table, lengths = unpack([data for _, data in days], 1 + len(names))
    on = np.repeat(np.array([day for day, _ in days], np.int64), lengths)
    return DayNumbers(
        keys=tuple(columns["keys"]),
        columns=names,
        combinations=tuple(tuple(one) for one in combinations),
        on=on,
        key=table[:, 0],
        numbers=table[:, 1:],
    )
