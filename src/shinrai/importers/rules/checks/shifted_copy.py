"""Finds a copy of a log whose clock was shifted, by comparing it with the source's other imports.

There may be two copies of one log: one with true moments, one shifted by whole hours. Alone, the
shifted copy may look like a desk that works late. Compared month by month with the other, the hours
show how far it is off, and that it is off by another hour in summer if a local time was converted
twice.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

HOURS = 24
HOUR_US = 3_600_000_000
FEWEST = 60  # moments of a month in each copy, below which 24 hours are noise
SMALLEST_TURN = 2  # one hour is what daylight saving does every year
CLEAR_DISTANCE = 0.3  # share of moments that lie in other hours
REMAINING = 0.5  # turned back, at most this part of the distance may remain
MOST_MONTHS = 0.5  # of the moments compared, this share must lie in months that are turned
RARE = 0.1  # a turn that fewer moments than this speak for is left unsaid

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class ClockShift:
    """How many hours later the copy reads; the count of moments and months that agree."""

    hours: tuple[int, ...]
    count: int
    months: int


def find_shift(own: tuple[Numbers, Numbers], others: tuple[Numbers, Numbers]) -> ClockShift | None:
    """Find by how many hours the moments of one import read later than those of others.

    Input, for each: moments in microseconds since 1970, and how often each occurs. None if there is
    no clear shift.
    """
    mine, theirs = _profiles(*own), _profiles(*others)
    turned: dict[int, int] = {}
    compared = months = 0
    for month, hours in mine.items():
        if month not in theirs or min(hours.sum(), theirs[month].sum()) < FEWEST:
            continue
        compared += int(hours.sum())
        turn = _shift(hours, theirs[month])
        if turn is not None:
            months += 1
            turned[turn] = turned.get(turn, 0) + int(hours.sum())
    count = sum(turned.values())
    if not compared or count < MOST_MONTHS * compared:
        return None
    said = tuple(sorted(turn for turn, of in turned.items() if of >= RARE * count))
    return ClockShift(said, count, months)


def _shift(hours: Numbers, other: Numbers) -> int | None:
    apart = [_distance(np.roll(hours, -turn), other) for turn in range(HOURS)]
    best = int(np.argmin(apart))
    if apart[0] < CLEAR_DISTANCE or apart[best] > REMAINING * apart[0]:
        return None
    signed = best if best <= HOURS // 2 else best - HOURS
    return signed if abs(signed) >= SMALLEST_TURN else None


def _profiles(moments_us: Numbers, counts: Numbers) -> dict[int, Numbers]:
    """Count moments by hour of the day, for every month. Shape: (24,) each."""
    hours = moments_us // HOUR_US
    months = np.array([_month(int(day)) for day in hours // HOURS], dtype=np.int64)
    return {
        int(month): np.bincount(
            hours[months == month] % HOURS, weights=counts[months == month], minlength=HOURS
        ).astype(np.int64)
        for month in np.unique(months)
    }


def _month(day: int) -> int:
    on = date(1970, 1, 1) + timedelta(days=day)
    return on.year * 12 + on.month


def _distance(one: Numbers, other: Numbers) -> float:
    """Return the share of moments in other hours, from 0 to 1 (total variation distance)."""
    return float(np.abs(one / one.sum() - other / other.sum()).sum() / 2)
