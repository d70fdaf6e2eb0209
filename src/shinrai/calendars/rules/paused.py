"""How much open time pauses take from spans, a block of rows at a time.

What counts is where moments lie on the scale of open time. There most rows are plain: the start,
the start and end of each pause, and the end follow each other. The pauses of a plain row take the
sum of their lengths: nothing has to be clipped or merged. So every row is reckoned like that
first; then those that are not plain are reckoned again with care.
"""

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.columns import BLOCK, blocks
from shinrai.calendars.rules.csr import Pauses, latest_in_row
from shinrai.calendars.rules.opened import OpenBefore
from shinrai.calendars.rules.timetable import Ints

# Columns whose places differ by little more than a multiple of 4,096 bytes slow each other down.
APART = 128


class PausedTime:
    """The open time that pauses take; keeps its working space from block to block."""

    def __init__(self, sums: OpenBefore, pauses: Pauses) -> None:
        self.sums, self.pauses = sums, pauses
        self.odd: list[Ints] = []
        self.at, self.first, self.last = np.empty((3, BLOCK + APART), dtype=np.int64)
        self.begun = self.over = np.empty(0, dtype=np.int64)

    def of(self, rows: slice, started: Ints, ended: Ints) -> Ints:
        """Sum for each row of a block the open time of its pauses, as if all were plain.

        `started` and `ended` are the open time before each row's start and end.
        Shape: one per row, of use until the next call; rows that are not plain go into `odd`.
        """
        offsets = self.pauses.offsets[rows.start : rows.stop + 1]
        if self.pauses.has_no_empty_rows:
            taken, is_plain = self._of_paused(offsets, started, ended)
        else:
            taken, is_plain = np.zeros(len(started), np.int64), np.ones(len(started), np.bool_)
            paused = np.flatnonzero(offsets[1:] > offsets[:-1])
            if paused.size:
                offsets = np.append(offsets[paused], offsets[-1])
                found = self._of_paused(offsets, started[paused], ended[paused])
                taken[paused], is_plain[paused] = found
        if np.count_nonzero(is_plain) < len(is_plain):
            self.odd.append(np.flatnonzero(~is_plain) + rows.start)
        return taken

    def _of_paused(
        self, offsets: Ints, started: Ints, ended: Ints
    ) -> tuple[Ints, npt.NDArray[np.bool_]]:
        """Reckon rows that all have pauses. Shape: (open time taken, whether the row is plain)."""
        rows, entries = len(started), slice(int(offsets[0]), int(offsets[-1]))
        begun, over = self._space(entries.stop - entries.start)
        lengths = over[1:]
        self.sums.fill(self.pauses.starts_us[entries], begun)
        self.sums.fill(self.pauses.ends_us[entries], over[1:])
        if len(begun) == rows:
            is_plain = begun >= started
            is_plain &= over[1:] <= ended
            np.subtract(over[1:], begun, out=lengths)
            if lengths.min() < 0:
                is_plain &= lengths >= 0
            return lengths, is_plain
        at, first, last = self.at[: rows + 1], self.first[:rows], self.last[:rows]
        np.subtract(offsets, entries.start, out=at)
        # (Where nothing lies outside, as here, `wrap` is the quickest.)
        begun.take(at[:-1], out=first, mode="wrap")
        over.take(at[1:], out=last, mode="wrap")
        is_plain = first >= started
        is_plain &= last <= ended
        # Pauses of two rows may lie as they like, so those that collide are counted off.
        collisions = np.count_nonzero(begun[1:] < over[1:-1])
        collisions -= np.count_nonzero(first[1:] < last[:-1])
        np.subtract(over[1:], begun, out=lengths)
        if collisions or lengths.min() < 0:
            is_plain[_unsound(at, begun, lengths)] = False
        np.cumsum(lengths, out=lengths)
        running = self.first[: rows + 1]
        over.take(at, out=running, mode="wrap")
        return np.subtract(running[1:], running[:-1], out=last), is_plain

    def _space(self, entries: int) -> tuple[Ints, Ints]:
        """Give room for one number per pause, and for another with a 0 before the first."""
        if len(self.over) <= entries:
            self.begun, self.over = np.empty((2, entries + APART), dtype=np.int64)
            self.over[0] = 0
        return self.begun[:entries], self.over[: entries + 1]


def _unsound(offsets: Ints, begun: Ints, lengths: Ints) -> Ints:
    """Find the rows of which a pause is reversed, or begins before the one before it is over."""
    is_unsound = lengths < 0
    collides = begun[1:] < begun[:-1] + lengths[:-1]
    collides[offsets[1:-1] - 1] = False
    is_unsound[1:] |= collides
    rows: Ints = np.searchsorted(offsets, np.flatnonzero(is_unsound), side="right") - 1
    return rows


def elapsed_with_care(sums: OpenBefore, start_us: Ints, end_us: Ints, pauses: Pauses) -> Ints:
    """Sum the open time in each [start, end), less the union of its pauses, wherever they lie."""
    elapsed = np.empty(len(start_us), dtype=np.int64)
    for rows in blocks(len(elapsed)):
        started, ended = sums.of(start_us[rows]), sums.of(end_us[rows])
        taken = _union(sums, pauses.part(rows), started, ended)
        elapsed[rows] = np.maximum(ended - started, 0) - taken
    return elapsed


def _union(sums: OpenBefore, pauses: Pauses, started: Ints, ended: Ints) -> Ints:
    row = pauses.spread(np.arange(pauses.rows, dtype=np.int64))
    begun = np.maximum(sums.of(pauses.starts_us), started[row])
    over = np.minimum(sums.of(pauses.ends_us), ended[row])
    same = row[1:] == row[:-1]
    if (same & (begun[1:] < begun[:-1])).any():
        order = np.lexsort((begun, row))
        begun, over = begun[order], over[order]
    # What lies before the latest end so far has been counted.
    reached = latest_in_row(row, over)[:-1]
    begun[1:] = np.where(same, np.maximum(begun[1:], reached), begun[1:])
    return pauses.sum_rows(np.maximum(over - begun, 0))
