"""Pauses of many clocks as arrays: row `i` has the entries `offsets[i]` to `offsets[i + 1]`."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.timetable import Ints

OPEN = np.iinfo(np.int64).max  # the end of a pause that has not ended


@dataclass(frozen=True, eq=False)
class Pauses:
    """The pauses of each row, in microseconds since 1970 UTC; `ends_us` is OPEN if not ended.

    Raises: ValueError if the lengths of the arrays do not match.
    """

    offsets: Ints
    starts_us: Ints
    ends_us: Ints

    def __post_init__(self) -> None:
        entries = len(self.starts_us)
        if len(self.ends_us) != entries or not len(self.offsets):
            raise ValueError("pauses need one end per start, and one offset more than rows")
        if self.offsets[0] != 0 or self.offsets[-1] != entries or (self.counts < 0).any():
            raise ValueError(f"pause offsets must rise from 0 to {entries}")

    @classmethod
    def none(cls, rows: int) -> "Pauses":
        """Return an object with this number of rows and no pauses."""
        empty = np.zeros(0, dtype=np.int64)
        return cls(np.zeros(rows + 1, dtype=np.int64), empty, empty)

    @classmethod
    def of(cls, rows: Iterable[Iterable[tuple[int, int | None]]]) -> "Pauses":
        """Make an object from lists of (start, end or None), one list per row."""
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
    def is_one_each(self) -> bool:
        """Whether every row has exactly one entry, as in most imports: sums can be skipped."""
        return len(self.starts_us) == self.rows and bool((self.counts == 1).all())

    def spread(self, per_row: Ints) -> Ints:
        """Repeat each row's value for each of the row's entries."""
        return per_row if self.is_one_each else np.repeat(per_row, self.counts)

    def sum_rows(self, per_entry: Ints) -> Ints:
        """Sum the values of each row's entries; 0 for a row without any."""
        if self.is_one_each:
            return per_entry
        running = running_sums(per_entry).take(self.offsets)
        sums: Ints = running[1:] - running[:-1]
        return sums

    def before(self, per_entry: Ints) -> Ints:
        """Sum, for each entry, the values of the earlier entries in its row."""
        running = running_sums(per_entry)
        return running[:-1] - self.spread(running[self.offsets[:-1]])

    def take(self, rows: Ints) -> "Pauses":
        """Return only the rows with these indexes, in the order given."""
        counts = self.counts[rows]
        offsets = running_sums(counts)
        first = self.offsets[:-1][rows] - offsets[:-1]
        entries = np.arange(offsets[-1], dtype=np.int64) + np.repeat(first, counts)
        return Pauses(offsets, self.starts_us[entries], self.ends_us[entries])

    def part(self, rows: slice) -> "Pauses":
        """Return a slice of rows, copying nothing but the offsets."""
        offsets = self.offsets[rows.start : rows.stop + 1]
        entries = slice(offsets[0], offsets[-1])
        return Pauses(offsets - offsets[0], self.starts_us[entries], self.ends_us[entries])

    @cached_property
    def merged(self) -> "Pauses":
        """The union of each row's pauses: in order, not touching, none empty."""
        collides = self.starts_us[1:] <= self.ends_us[:-1]
        # The last entry of one row and the first of the next may lie as they like.
        borders = self.offsets[1:-1] - 1
        collides[borders[(borders >= 0) & (borders < len(collides))]] = False
        if not collides.any() and (self.starts_us < self.ends_us).all():
            return self
        return _merge(self._lasting())

    def _lasting(self) -> "Pauses":
        """Drop empty entries, such as those that end before they start."""
        lasts = self.starts_us < self.ends_us
        if lasts.all():
            return self
        offsets = running_sums(lasts)[self.offsets]
        return Pauses(offsets, self.starts_us[lasts], self.ends_us[lasts])


def running_sums(per_entry: npt.NDArray[np.integer | np.bool_]) -> Ints:
    """Return cumulative sums: 0 before the first entry, then up to the total after the last."""
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
    """Return the latest end so far within each row, by steps of 1, 2, 4 ... entries."""
    latest, back = ends.copy(), 1
    while back < len(row):
        same = row[back:] == row[:-back]
        if not same.any():
            break
        latest[back:] = np.where(same, np.maximum(latest[back:], latest[:-back]), latest[back:])
        back *= 2
    return latest
