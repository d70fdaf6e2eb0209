"""How many of some moments have come by others: a search that seldom has to search."""

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.columns import blocks

Ints = npt.NDArray[np.int64]
LATEST = np.iinfo(np.int64).max - 1  # before what ends the values
APART = 4  # buckets per value: most buckets hold one value or none
MOST_STEPS = 8  # where more values than this share a bucket, halving is quicker than stepping


class Ranks:
    """Ranks among ascending values, as `np.searchsorted` finds them.

    Values are cut into buckets of 2**bits; a rank is what lies before the bucket, and then steps.
    """

    def __init__(self, values: Ints) -> None:
        self.values = values
        self.padded = np.append(values, LATEST + 1)
        self.steps = MOST_STEPS + 1
        if not len(values):
            return
        self.bits = (int(values[-1] - values[0]) // (APART * len(values))).bit_length()
        self.first = int(values[0]) >> self.bits
        self.last = int(values[-1]) >> self.bits
        edges = np.arange(self.first, self.last + 2, dtype=np.int64) << self.bits
        self.before = np.searchsorted(values, edges, side="left")
        self.steps = int(np.diff(self.before).max())

    def until(self, moments: Ints) -> Ints:
        """Count for each moment the values at or before it (`side="right"`)."""
        if self.steps > MOST_STEPS:
            return np.searchsorted(self.values, moments, side="right")
        ranks = np.empty(len(moments), dtype=np.int64)
        for rows in blocks(len(moments)):
            ranks[rows] = self._until(np.minimum(moments[rows], LATEST))
        return ranks

    def before_each(self, moments: Ints) -> Ints:
        """Count for each moment the values before it (`side="left"`)."""
        return self.until(moments - 1)

    def _until(self, moments: Ints) -> Ints:
        bucket = moments >> self.bits
        np.clip(bucket, self.first, self.last + 1, out=bucket)
        bucket -= self.first
        rank = self.before.take(bucket)
        for _ in range(self.steps):
            rank += self.padded.take(rank) <= moments
        return rank
