"""How much open time of a compiled calendar lies before each of many moments.

The calendar is cut into equal parts of time (buckets), so a moment is looked up without a
search. Moments are worked through in blocks, which reuse the same memory.
"""

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
    """Computes the open time before moments; it reuses its memory from call to call.

    Moments outside the compiled dates raise no error. For earlier ones the result is at most that
    of the first date's start, for later ones at least that of the last date's end.
    """

    def __init__(self, timetable: Timetable) -> None:
        self.buckets: Buckets = timetable.buckets
        self.bucket = np.empty(AT_ONCE, dtype=np.int64)
        self.record = np.empty(AT_ONCE, dtype=BUCKET)
        self.inside = np.zeros(AT_ONCE, dtype=np.int64)  # only the low bits are ever written

    def of(self, moments: Ints) -> Ints:
        """Return the open time before each moment, in microseconds."""
        sums = np.empty(len(moments), dtype=np.int64)
        self.fill(moments, sums)
        return sums

    def fill(self, moments: Ints, out: Ints) -> None:
        """Write the open time before each moment into `out`, in microseconds."""
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
