"""Finds hours of the day that point to another time zone, or that shift on some day.

People work and write in a daily rhythm. If a source's clock is changed, the rhythm shifts by whole
hours on one day; nothing else does that. We look for the day on which the hours before and after
differ most, and report it only if shifting one side makes the two alike again.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

HOURS = 24
EPOCH_DAY = date(1970, 1, 1)
BESIDE_DAYS = 3
WINDOW_DAYS = 28  # whole weeks, so that weekends weigh the same on both sides
FEWEST = 200  # moments on each side, below which a profile of 24 hours is noise
SMALLEST_TURN = 2  # one hour is what daylight saving does every year
CLEAR_DISTANCE = 0.15  # share of moments that lie in other hours than before
REMAINING = 0.6  # turned back, at most this part of the distance may remain
NIGHT_HOURS = 8
QUIET_SHARE = 0.10  # at most this share in the quietest eight hours, else there is no night
FEWEST_FOR_NIGHT = 60
MIDDLE_OF_NIGHT = 2  # people who work from 8 to 20 are quietest around 2 at night
FAR_FROM_NIGHT = 4

Counts = npt.NDArray[np.int64]
Profile = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Jump:
    """From day `on`, hours read later than before, by one of `turned_hours` (all fit equally)."""

    on: date
    turned_hours: tuple[int, ...]
    distance: float
    remaining: float
    before_count: int

    @property
    def doubtful_until_on(self) -> date:
        """Return the first day of the first month without any time of the old clock.

        A month with times of both clocks cannot be averaged either.
        """
        last = self.on - timedelta(days=1)
        return date(last.year + last.month // 12, last.month % 12 + 1, 1)


@dataclass(frozen=True)
class OddNight:
    """The quietest eight hours begin at `quiet_from_hour`; `fitting_hours` later would be night."""

    quiet_from_hour: int
    quiet_share: float
    fitting_hours: int


def daily_hours(wall_us: npt.NDArray[np.int64], counts: Counts | None = None) -> tuple[int, Counts]:
    """Count moments by day and hour of the stated clock; also return the first row's day number.

    `counts` has how often each moment occurs (None: once). Shape: (days, 24).
    """
    hours = wall_us // 3_600_000_000
    days = hours // HOURS
    first = int(days.min())
    cells = (days - first) * HOURS + hours % HOURS
    length = (int(days.max()) - first + 1) * HOURS
    counted = np.bincount(cells, weights=counts, minlength=length)
    return first, counted.reshape(-1, HOURS).astype(np.int64)


def find_jumps(wall_us: npt.NDArray[np.int64], counts: Counts | None = None) -> tuple[Jump, ...]:
    """Find the days on which the daily rhythm shifted.

    Method: for every day the hours of the 28 days before and after are compared by total variation
    distance; the day of the largest distance is a candidate. It is a jump if shifting one side by
    two hours or more removes two fifths of the distance or more, and the distance is three times
    what chance makes of so many moments. The exact day is the one that makes the two rhythms
    likeliest (maximum likelihood of a change point in multinomial counts).
    """
    if _total(wall_us, counts) < 2 * FEWEST:
        return ()
    first, daily = daily_hours(wall_us, counts)
    jumps: list[Jump] = []
    _search(daily, 0, len(daily), first, jumps)
    return tuple(sorted(jumps, key=lambda jump: jump.on))


def _total(wall_us: npt.NDArray[np.int64], counts: Counts | None) -> int:
    return len(wall_us) if counts is None else int(counts.sum())


def _search(counts: Counts, low: int, high: int, first: int, jumps: list[Jump]) -> None:
    day = _most_different(counts[low:high])
    if day is None:
        return
    exact = low + day
    for _ in range(3):  # the profiles and the day depend on each other; this settles at once
        before, after = _sides(counts, exact, low, high)
        exact = _exact_day(counts, exact, low, high, before, after)
    before, after = _sides(counts, exact, low, high)
    if min(before.sum(), after.sum()) < FEWEST:
        return
    distance = _distance(_share(before), _share(after))
    turns = [_distance(np.roll(_share(before), turn), _share(after)) for turn in range(HOURS)]
    best, noise = min(turns), _noise(before, after)
    if distance < max(CLEAR_DISTANCE, 3 * noise) or best > REMAINING * distance:
        return
    alike = [_signed(turn) for turn in range(HOURS) if turns[turn] <= best + noise / 3]
    if min(map(abs, alike)) < SMALLEST_TURN:
        return
    jumps.append(
        Jump(
            on=EPOCH_DAY + timedelta(days=first + exact),
            turned_hours=tuple(sorted(alike, key=abs)),
            distance=distance,
            remaining=best,
            before_count=int(counts[low:exact].sum()),
        )
    )
    _search(counts, low, exact, first, jumps)
    _search(counts, exact, high, first, jumps)


def _signed(turn: int) -> int:
    return turn if turn <= HOURS // 2 else turn - HOURS


def _most_different(counts: Counts) -> int | None:
    """Return the index of the day whose two sides differ most; None with too few moments."""
    days = len(counts)
    if days < 14:
        return None
    total = np.vstack([np.zeros((1, HOURS), dtype=np.int64), np.cumsum(counts, axis=0)])
    places = np.arange(7, days - 6)
    before = total[places] - total[np.maximum(places - WINDOW_DAYS, 0)]
    after = total[np.minimum(places + WINDOW_DAYS, days)] - total[places]
    enough = (before.sum(axis=1) >= FEWEST) & (after.sum(axis=1) >= FEWEST)
    if not enough.any():
        return None
    apart = np.abs(
        before / np.maximum(before.sum(axis=1, keepdims=True), 1)
        - after / np.maximum(after.sum(axis=1, keepdims=True), 1)
    ).sum(axis=1)
    return int(places[np.argmax(np.where(enough, apart, -1.0))])


def _sides(counts: Counts, day: int, low: int, high: int) -> tuple[Counts, Counts]:
    """Count the hours before and after a day, without the days next to it: they may mix clocks."""
    before = counts[max(low, day - WINDOW_DAYS) : max(low, day - BESIDE_DAYS)].sum(axis=0)
    after = counts[day + BESIDE_DAYS : min(high, day + WINDOW_DAYS)].sum(axis=0)
    return before, after


def _noise(before: Counts, after: Counts) -> float:
    """Return by how much two samples of one rhythm differ by chance.

    Of n and m moments from one profile p the expected total variation distance is
    sum sqrt(p (1 - p) (1/n + 1/m) / (2 pi)) (half of a mean absolute normal deviation per hour).
    """
    pooled = (before + after) / (before.sum() + after.sum())
    spread = pooled * (1 - pooled) * (1 / before.sum() + 1 / after.sum())
    return float(np.sqrt(spread / (2 * np.pi)).sum())


def _exact_day(counts: Counts, day: int, low: int, high: int, before: Counts, after: Counts) -> int:
    """Return the index of the day that makes both rhythms likeliest."""
    start, stop = max(low, day - WINDOW_DAYS), min(high, day + WINDOW_DAYS)
    gain = counts[start:stop] @ (np.log(_smooth(before)) - np.log(_smooth(after)))
    score = np.concatenate([[0.0], np.cumsum(gain)])
    return start + int(np.argmax(score))


def _smooth(counts: Counts) -> Profile:
    smoothed: Profile = (counts + 1.0) / (counts.sum() + HOURS)
    return smoothed


def _share(counts: Counts | Profile) -> Profile:
    share: Profile = counts / max(int(counts.sum()), 1)
    return share


def _distance(one: Profile, other: Profile) -> float:
    """Return the share of moments in other hours, from 0 to 1 (total variation distance)."""
    return float(np.abs(one - other).sum() / 2)


def find_odd_night(wall_us: npt.NDArray[np.int64], counts: Counts | None = None) -> OddNight | None:
    """Return the quietest eight hours if they are far from any night, by the stated clock."""
    if _total(wall_us, counts) < FEWEST_FOR_NIGHT:
        return None
    hours = (wall_us // 3_600_000_000) % HOURS
    share = _share(np.bincount(hours, weights=counts, minlength=HOURS))
    spans = np.array([np.roll(share, -start)[:NIGHT_HOURS].sum() for start in range(HOURS)])
    quietest = float(spans.min())
    if quietest > QUIET_SHARE:
        return None  # no night at all: people of many zones, or machines
    starts = np.flatnonzero(spans <= quietest + 1e-9)
    middles = (starts + NIGHT_HOURS // 2) % HOURS
    # Several starts fit equally: the one nearest to a real night speaks for the source.
    away = (MIDDLE_OF_NIGHT - middles + HOURS // 2) % HOURS - HOURS // 2
    best = int(np.argmin(np.abs(away)))
    if abs(int(away[best])) < FAR_FROM_NIGHT:
        return None
    return OddNight(
        quiet_from_hour=int(starts[best]), quiet_share=quietest, fitting_hours=int(away[best])
    )
