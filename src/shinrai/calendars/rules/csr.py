"""Pauses of many clocks in one column: row `i` owns entries `offsets[i]` to `offsets[i + 1]`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.columns import blocks
from shinrai.calendars.rules.timetable import Ints

OPEN = np.iinfo(np.int64).max  # the end of a pause that has not ended


@dataclass(frozen=True, eq=False)
class Pauses:
    """The pauses of each row, in microseconds since 1970 UTC; `ends_us` is OPEN while it lasts.

    Raises: ValueError if the columns do not belong together.
    """

    offsets: Ints
    starts_us: Ints
    ends_us: Ints

    def __post_init__(self) -> None:
        entries = len(self.starts_us)
        if len(self.ends_us) != entries or not len(self.offsets):
            raise ValueError("pauses need one end per start, and one offset more than rows")
        rises = self.has_no_empty_rows or not (self.offsets[1:] < self.offsets[:-1]).any()
        if self.offsets[0] != 0 or self.offsets[-1] != entries or not rises:
            raise ValueError(f"pause offsets must rise from 0 to {entries}")

    @classmethod
    def none(cls, rows: int) -> "Pauses":
        """Give so many rows no pause at all."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(np.zeros(rows + 1, dtype=np.int64), empty, empty)

    @classmethod
    def of(cls, rows: Iterable[Iterable[tuple[int, int | None]]]) -> "Pauses":
        """Lay out lists of (start, end or None), one per row."""
        listed = [list(row) for row in rows]
        entries = [(start, OPEN if end is None else end) for row in listed for start, end in row]
        columns = np.array(entries, dtype=np.int64).reshape(-1, 2)
        offsets = np.cumsum([0, *map(len, listed)], dtype=np.int64)
        return cls(offsets, columns[:, 0].copy(), columns[:, 1].copy())

    @property
    def rows(self) -> int:
        return len(self.offsets) - 1

    @cached_property
    def counts(self) -> Ints:
        return np.diff(self.offsets)

    @cached_property
    def has_no_empty_rows(self) -> bool:
        """Whether every row has at least one entry."""
        first, end = self.offsets[:-1], self.offsets[1:]
        return all((end[rows] > first[rows]).all() for rows in blocks(self.rows))

    @cached_property
    def is_one_each(self) -> bool:
        """Whether every row has exactly one entry, as most imports do: no sums are needed."""
        return len(self.starts_us) == self.rows and self.has_no_empty_rows

    def spread(self, per_row: Ints) -> Ints:
        """Repeat each row's value for each of its entries."""
        return per_row if self.is_one_each else np.repeat(per_row, self.counts)

    def sum_rows(self, per_entry: Ints) -> Ints:
        """Sum each row's entries; a row without any sums to 0, unlike with `np.add.reduceat`."""
        if self.is_one_each:
            return per_entry
        running = running_sums(per_entry).take(self.offsets)
        sums: Ints = running[1:] - running[:-1]
        return sums

    def before(self, per_entry: Ints) -> Ints:
        """Sum, for each entry, those that stand before it in its row."""
        running = running_sums(per_entry)
        return running[:-1] - self.spread(running[self.offsets[:-1]])

    def take(self, rows: Ints) -> "Pauses":
        """Keep some rows, in the order given."""
        counts = self.counts[rows]
        offsets = running_sums(counts)
        first = self.offsets[:-1][rows] - offsets[:-1]
        entries = np.arange(offsets[-1], dtype=np.int64) + np.repeat(first, counts)
        return Pauses(offsets, self.starts_us[entries], self.ends_us[entries])

    def part(self, rows: slice) -> "Pauses":
        """Keep rows that lie side by side; nothing is copied but the offsets."""
        offsets = self.offsets[rows.start : rows.stop + 1]
        entries = slice(offsets[0], offsets[-1])
        return Pauses(offsets - offsets[0], self.starts_us[entries], self.ends_us[entries])

    @cached_property
    def outermost(self) -> tuple[Ints | slice, Ints, Ints]:
        """Find the rows that have entries, and of each the first's start and the last's end."""
        if self.is_one_each:
            return slice(None), self.starts_us, self.ends_us
        first, last = self.offsets[:-1], self.offsets[1:] - 1
        if self.has_no_empty_rows:
            return slice(None), self.starts_us.take(first), self.ends_us.take(last)
        rows = np.flatnonzero(first <= last)
        return rows, self.starts_us.take(first[rows]), self.ends_us.take(last[rows])

    @cached_property
    def untidy(self) -> Ints:
        """Find the rows to be merged: entries out of order, overlapping, touching, or empty."""
        starts, ends = self.starts_us, self.ends_us
        is_empty, collides = starts >= ends, starts[1:] <= ends[:-1]
        _, first, last = self.outermost
        # Entries of two rows may lie as they like: if no others collide, nobody has to look where.
        borders = np.count_nonzero(first[1:] <= last[:-1])
        if np.count_nonzero(collides) == borders and not is_empty.any():
            return np.zeros(0, dtype=np.int64)
        if len(collides):
            before_a_row = self.offsets[1:-1] - 1
            collides[before_a_row[(before_a_row >= 0) & (before_a_row < len(collides))]] = False
            is_empty[1:] |= collides
        owners = np.searchsorted(self.offsets, np.flatnonzero(is_empty), side="right") - 1
        return np.unique(owners)

    @cached_property
    def merged(self) -> "Pauses":
        """The union of each row's pauses: in order, apart from each other, none empty."""
        untidy = self.untidy
        if not untidy.size:
            return self
        if untidy.size == self.rows:
            return _merge(self._lasting())
        return self._with(untidy, _merge(self.take(untidy)._lasting()))

    def _with(self, rows: Ints, others: "Pauses") -> "Pauses":
        """Put the entries of others in the place of some rows'."""
        stays = np.ones(self.rows, dtype=bool)
        stays[rows] = False
        counts = self.counts.copy()
        counts[rows] = others.counts
        kept, held = np.repeat(stays, self.counts), np.repeat(stays, counts)
        starts, ends = np.empty(len(held), dtype=np.int64), np.empty(len(held), dtype=np.int64)
        starts[held], ends[held] = self.starts_us[kept], self.ends_us[kept]
        starts[~held], ends[~held] = others.starts_us, others.ends_us
        return Pauses(running_sums(counts), starts, ends)

    def _lasting(self) -> "Pauses":
        """Drop entries that cover nothing, as those that end before they start."""
        lasts = self.starts_us < self.ends_us
        if lasts.all():
            return self
        offsets = running_sums(lasts)[self.offsets]
        return Pauses(offsets, self.starts_us[lasts], self.ends_us[lasts])


def running_sums(per_entry: npt.NDArray[np.integer | np.bool_]) -> Ints:
    """Sum from the beginning: nothing before the first entry, all of them after the last."""
    running = np.empty(len(per_entry) + 1, dtype=np.int64)
    running[0] = 0
    np.cumsum(per_entry, dtype=np.int64, out=running[1:])
    return running


def _merge(pauses: Pauses) -> Pauses:
    row = pauses.spread(np.arange(pauses.rows, dtype=np.int64))
    starts, ends = pauses.starts_us, pauses.ends_us
    same = row[1:] == row[:-1]
    if (same & (starts[1:] < starts[:-1])).any():
        order = np.lexsort((starts, row))
        starts, ends = starts[order], ends[order]
    reached = latest_in_row(row, ends)
    begins = np.ones(len(row), dtype=bool)
    begins[1:] = ~same | (starts[1:] > reached[:-1])
    last = np.flatnonzero(np.append(begins[1:], True)[: len(row)])
    counts = np.bincount(row[begins], minlength=pauses.rows)
    return Pauses(running_sums(counts.astype(np.int64)), starts[begins], reached[last])


def latest_in_row(row: Ints, ends: Ints) -> Ints:
    """Find the latest end so far within each row, looking back 1, 2, 4 ... entries."""
    latest, back = ends.copy(), 1
    while back < len(row):
        same = row[back:] == row[:-back]
        if not same.any():
            break
        latest[back:] = np.where(same, np.maximum(latest[back:], latest[:-back]), latest[back:])
        back *= 2
    return latest
