"""How often each quarter of an hour is spoken of: all that judging a clock needs to know.

Zones lie whole quarters of an hour apart, so a quarter lies in one hour of every clock.
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
    """Quarters of an hour since 1970 in UTC, rising, and how many moments lie in each."""

    quarters: Numbers = field(default_factory=_none)
    counts: Numbers = field(default_factory=_none)

    def add(self, quarters: Numbers, counts: Numbers) -> None:
        """Add moments counted elsewhere."""
        both = np.concatenate([self.quarters, quarters])
        self.quarters, places = np.unique(both, return_inverse=True)
        weights = np.concatenate([self.counts, counts])
        self.counts = np.bincount(places, weights=weights).astype(np.int64)

    def add_packed(self, moments: bytes) -> None:
        """Add moments as `packing.moments_in` lines them up."""
        quarters, counts = np.unique(
            np.frombuffer(moments, dtype="<i8") // QUARTER_US, return_counts=True
        )
        self.add(quarters.astype(np.int64), counts.astype(np.int64))
