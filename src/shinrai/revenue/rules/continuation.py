"""Habit, satisfaction and continuation beside each other, by the active days of a month.

Nothing here says that one comes of the other: the bands are not adjusted for anything.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shinrai.units.share import Share

BANDS: Final = ((0, 0), (1, 4), (5, 8), (9, 14), (15, 31))  # active days of a month
LEAST: Final = 5  # contracts or scores a cell must have to be shown
SATISFIED: Final = (4, 5)
SCALE: Final = "1-5"


@dataclass(frozen=True, slots=True)
class ContractHabit:
    """A contract: its learner's active days in a month (of several the most), and what followed.

    `score` is the last one anybody of its household gave in the months after; None: none did.
    """

    contract: int
    active_days: int
    score: int | None
    continues: bool


@dataclass(frozen=True)
class HabitBand:
    """Contracts by active days; a share is None where too few would be shown, or give others away.

    `continuing`: of them, those in force later; `satisfied`: of those with a score, 4 or 5.
    """

    low: int
    high: int
    continuing: Share | None
    satisfied: Share | None


def score_of(detail: Mapping[str, Any]) -> int | None:
    """Return a score from 1 to 5 as a source reported it; None if it is on another scale."""
    said = str(detail.get("score")).removesuffix(".0")
    is_ours = detail.get("scale", SCALE) == SCALE and len(said) == 1 and said in "12345"
    return int(said) if is_ours else None


def habit_bands(rows: Collection[ContractHabit]) -> tuple[HabitBand, ...]:
    """Return contracts by band of active days, small cells hidden."""
    parts = [[one for one in rows if low <= one.active_days <= high] for low, high in BANDS]
    rated = [[one for one in some if one.score is not None] for some in parts]
    small = hidden([len(some) for some in parts])
    unrated = hidden([len(some) for some in rated])
    return tuple(
        HabitBand(
            *BANDS[n],
            None if n in small else Share(sum(one.continues for one in parts[n]), len(parts[n])),
            None
            if n in unrated
            else Share(sum(one.score in SATISFIED for one in rated[n]), len(rated[n])),
        )
        for n in range(len(BANDS))
    )


def hidden(counts: Sequence[int]) -> frozenset[int]:
    """Return the places of the cells to hide when their sum is shown too.

    Cells of 1 to 4 are, and the smallest others until those hidden cannot be told from the sum: at
    least two, of at least 5 together. Empty cells are shown.

    Source: A. Hundepool et al., Statistical Disclosure Control, Wiley 2012, ch. 4 (tables).
    """
    found = {n for n, count in enumerate(counts) if 0 < count < LEAST}
    others = sorted(
        (n for n, count in enumerate(counts) if count and n not in found), key=lambda n: counts[n]
    )
    while others and not is_sum_safe(counts, found):
        found.add(others.pop(0))
    return frozenset(found)


def is_sum_safe(counts: Sequence[int], places: Collection[int]) -> bool:
    """Return whether the sum may be shown beside the cells that are not hidden."""
    filled = [counts[n] for n in places if counts[n]]
    return not filled or (len(filled) > 1 and sum(filled) >= LEAST)
