"""How much open time pauses take from spans, a block of rows at a time.

Most rows are plain: their pauses lie within their span, in order, and apart. There the open time
before each end, less that before each start, is all, and nothing has to be clipped or merged. So
every row is reckoned like that first, then those that are not plain are reckoned again with care.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.csr import Pauses
from shinrai.calendars.rules.opened import OpenBefore, bounds
from shinrai.calendars.rules.timetable import Ints

MANY = 4  # where more than one row in so many is not plain, care from the start costs less


@dataclass(frozen=True, eq=False)
class Block:
    """A block of rows: their spans, and the open time before each start and each end."""

    start_us: Ints
    end_us: Ints
    started: Ints
    ended: Ints

    def take(self, rows: Ints) -> "Block":
        """Keep some rows."""
        columns = (self.start_us, self.end_us, self.started, self.ended)
        return Block(*(column[rows] for column in columns))


class PausedTime:
    """The open time that pauses take; keeps its working space from block to block."""

    def __init__(self, sums: OpenBefore, pauses: Pauses) -> None:
        self.sums, self.pauses = sums, pauses
        self.needs_care = False
        self.begun = self.over = self.running = np.empty(0, dtype=np.int64)

    def of(self, rows: slice, block: Block) -> Ints:
        """Sum for each row of a block the open time of its pauses' union within its span.

        Unit:  microseconds; within a reversed span there is none.
        Shape: one per row; valid until the next call.
        """
        offsets = self.pauses.offsets[rows.start : rows.stop + 1]
        if self.pauses.has_no_empty_rows:
            return self._of_paused(offsets, block)
        taken = np.zeros(len(offsets) - 1, dtype=np.int64)
        paused = np.flatnonzero(offsets[1:] > offsets[:-1])
        if paused.size:
            offsets = np.append(offsets[paused], offsets[-1])
            taken[paused] = self._of_paused(offsets, block.take(paused))
        return taken

    def _of_paused(self, offsets: Ints, block: Block) -> Ints:
        entries = slice(offsets[0], offsets[-1])
        starts, ends = self.pauses.starts_us[entries], self.pauses.ends_us[entries]
        offsets = offsets - offsets[0]
        if self.needs_care:
            return self._with_care(Pauses(offsets, starts, ends), block)
        taken = self._between(starts, ends)
        first, last = starts, ends
        if len(starts) > len(block.started):
            sums = self._running(taken).take(offsets)
            taken = sums[1:] - sums[:-1]
            first, last = starts.take(offsets[:-1]), ends.take(offsets[1:] - 1)
        is_plain = first >= block.start_us
        is_plain &= last <= block.end_us
        if not _are_apart(starts, ends, first, last):
            is_plain[Pauses(offsets, starts, ends).untidy] = False
        if np.count_nonzero(is_plain) < len(is_plain):
            odd = np.flatnonzero(~is_plain)
            taken[odd] = self._with_care(Pauses(offsets, starts, ends).take(odd), block.take(odd))
            self.needs_care = len(odd) * MANY > len(is_plain)
        return taken

    def _between(self, starts: Ints, ends: Ints) -> Ints:
        size = len(starts)
        if len(self.begun) < size:
            self.begun, self.over = (np.empty(size, dtype=np.int64) for _ in range(2))
            self.running = np.zeros(size + 1, dtype=np.int64)
        begun, over = self.begun[:size], self.over[:size]
        self.sums.fill(starts, begun)
        self.sums.fill(ends, over)
        return np.subtract(over, begun, out=over)

    def _running(self, per_entry: Ints) -> Ints:
        running = self.running[: len(per_entry) + 1]
        per_entry.cumsum(out=running[1:])
        return running

    def _with_care(self, pauses: Pauses, block: Block) -> Ints:
        merged = pauses.merged
        begun, over = bounds(self.sums, merged.starts_us, merged.ends_us)
        np.maximum(begun, merged.spread(block.started), out=begun)
        np.minimum(over, merged.spread(block.ended), out=over)
        np.subtract(over, begun, out=over)
        np.maximum(over, 0, out=over)
        return merged.sum_rows(over)


def _are_apart(starts: Ints, ends: Ints, first: Ints, last: Ints) -> bool:
    """Tell whether all entries cover something and lie in order and apart within their row.

    Those of two rows may lie as they like: `first` and `last` of neighbouring rows are counted off.
    """
    within_rows = len(starts) - len(first)
    return _count(starts < ends) == len(starts) and (
        not within_rows
        or _count(ends[:-1] < starts[1:]) - _count(last[:-1] < first[1:]) == within_rows
    )


def _count(holds: npt.NDArray[np.bool_]) -> int:
    return int(np.count_nonzero(holds))
