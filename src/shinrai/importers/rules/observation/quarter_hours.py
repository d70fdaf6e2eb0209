"""Counts moments by quarter of an hour, which is all that checking a clock needs.

The offsets of time zones are whole quarters of an hour, so a quarter is in one hour of any clock.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

QUARTER_US = 900_000_000
Numbers = npt.NDArray[np.int64]


def _none() -> Numbers:
    return np.empty(0, dtype=np.int64)


@dataclass
class QuarterHours:
    """Quarters of an hour since 1970 in UTC, ascending, and how many moments are in each."""

    quarters: Numbers = field(default_factory=_none)
    counts: Numbers = field(default_factory=_none)

    def add(self, quarters: Numbers, counts: Numbers) -> None:
        """Add other quarters and their counts."""
        both = np.concatenate([self.quarters, quarters])
        self.quarters, places = np.unique(both, return_inverse=True)
        weights = np.concatenate([self.counts, counts])
        self.counts = np.bincount(places, weights=weights).astype(np.int64)

    def add_packed(self, moments: bytes) -> None:
        """Add moments that `pack_moments` has packed."""
        quarters, counts = np.unique(
            np.frombuffer(moments, dtype="<i8") // QUARTER_US, return_counts=True
        )
        self.add(quarters.astype(np.int64), counts.astype(np.int64))
