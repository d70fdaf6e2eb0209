"""Open time before moments, looked up by buckets, a block of rows at a time."""

import numpy as np

from shinrai.calendars.rules.columns import BLOCK, blocks
from shinrai.calendars.rules.timetable import BUCKET, Buckets, Ints, Timetable


class OpenBefore:
    """Open time before moments; keeps its working space from block to block.

    Moments outside the compiled dates get some number, never an error: whoever asks looks first,
    or has no use for the answer.
    """

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.buckets: Buckets = timetable.buckets
        self.bucket = np.empty(BLOCK, dtype=np.int64)
        self.within, self.inside = (np.empty(BLOCK, dtype=np.uint32) for _ in range(2))
        self.record = np.empty(BLOCK, dtype=BUCKET)

    def of(self, moments: Ints) -> Ints:
        """Sum the open time before each moment, in microseconds."""
        sums = np.empty(len(moments), dtype=np.int64)
        self.fill(moments, sums)
        return sums

    def fill(self, moments: Ints, out: Ints) -> None:
        """Write into `out` the open time before each moment."""
        for rows in blocks(len(moments)):
            self._fill(moments[rows], out[rows])

    def _fill(self, moments: Ints, out: Ints) -> None:
        size, buckets = len(moments), self.buckets
        bucket, record = self.bucket[:size], self.record[:size]
        within, inside = self.within[:size], self.inside[:size]
        np.right_shift(moments, buckets.bits, out=bucket)
        np.subtract(bucket, buckets.first, out=bucket)
        within[:] = moments.view(np.uint64)  # the low 32 bits
        if buckets.bits < 32:
            np.bitwise_and(within, (1 << buckets.bits) - 1, out=within)
        for number, layer in enumerate(buckets.layers):
            # `clip` spares a second look, and keeps what lies outside from reading elsewhere.
            layer.take(bucket, out=record, mode="clip")
            np.maximum(within, record["from_"], out=inside)
            np.minimum(inside, record["to"], out=inside)
            np.add(record["passed"] if number == 0 else out, inside, out=out)


def bounds(sums: OpenBefore, starts: Ints, ends: Ints) -> tuple[Ints, Ints]:
    """Sum the open time before starts and before ends, the compiled dates being all there is."""
    lower, upper = sums.timetable.lower, sums.timetable.upper
    # (Two looks cost less than clipping what needs none.)
    if len(starts) and (starts.min() < lower or ends.max() > upper):
        starts, ends = np.clip(starts, lower, upper), np.clip(ends, lower, upper)
    return sums.of(starts), sums.of(ends)
