"""Open time before moments, looked up by buckets, a block of moments at a time."""

import sys

import numpy as np

from shinrai.calendars.rules.columns import BLOCK
from shinrai.calendars.rules.timetable import BUCKET, Buckets, Ints, Timetable

AT_ONCE = 2 * BLOCK  # moments: where rows have pauses, a block of rows holds more of them
# The low 32 bits of an int64, where they lie: to look at them there spares a copy.
LOW = np.dtype(
    {
        "names": ["bits"],
        "formats": [np.uint32],
        "offsets": [0 if sys.byteorder == "little" else 4],
        "itemsize": 8,
    }
)


class CumulativeOpenTime:
    """Open time before moments; keeps its working space from block to block.

    Moments outside the compiled dates are no error. The open time before them is at most that
    before the first date, or at least that before the end of the last.
    """

    def __init__(self, timetable: Timetable) -> None:
        self.buckets: Buckets = timetable.buckets
        self.bucket = np.empty(AT_ONCE, dtype=np.int64)
        self.record = np.empty(AT_ONCE, dtype=BUCKET)
        self.inside = np.zeros(AT_ONCE, dtype=np.int64)  # only the low bits are ever written

    def of(self, moments: Ints) -> Ints:
        """Sum the open time before each moment, in microseconds."""
        sums = np.empty(len(moments), dtype=np.int64)
        self.fill(moments, sums)
        return sums

    def fill(self, moments: Ints, out: Ints) -> None:
        """Write into `out` the open time before each moment."""
        for start in range(0, len(moments), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            self._fill(moments[some], out[some])

    def _fill(self, moments: Ints, out: Ints) -> None:
        size, buckets = len(moments), self.buckets
        bucket, record, inside = self.bucket[:size], self.record[:size], self.inside[:size]
        low, low_inside = moments.view(LOW)["bits"], inside.view(LOW)["bits"]
        np.right_shift(moments, buckets.bits, out=bucket)
        np.subtract(bucket, buckets.first, out=bucket)
        for number, layer in enumerate(buckets.layers):
            # `clip` spares a second look, and keeps what lies outside from reading elsewhere.
            layer.take(bucket, out=record, mode="clip")
            np.clip(low, record["from_"], record["to"], out=low_inside)
            np.add(record["passed"] if number == 0 else out, inside, out=out)
