"""Scores: CSAT, NPS and CES of some answers, each with its interval; scales never mix."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from shinrai.statistics.interval import Interval
from shinrai.statistics.matched import multinomial_difference, standard_error
from shinrai.statistics.mean import mean_interval
from shinrai.statistics.wilson import wilson
from shinrai.units.unknown import Unknown

SATISFIED: Final = (4, 5)
PROMOTER, DETRACTOR = 9, 6
FEW: Final = 30  # answers below which a page says that they are few


@dataclass(frozen=True)
class Score:
    """The score of some answers; `parts` are counts of them, which add up to `n` or less.

    Unit: CSAT a share, NPS from -100 to 100, CES the mean on its scale.
    """

    kind: str
    n: int
    value: float | Unknown
    interval: Interval | Unknown
    parts: Mapping[str, int]
    error: float | None = None  # the standard error, of NPS

    @property
    def is_few(self) -> bool:
        """Return whether so few answers can hardly tell anything."""
        return self.n < FEW


def score(kind: str, given: Sequence[int], *, high: int) -> Score:
    """Return the score of answers on a scale whose best is `high`.

    Source: MEASURES §7. NPS: share of 9 and 10 less share of 0 to 6, F. F. Reichheld, The one
            number you need to grow, Harvard Business Review 81 (2003).
    """
    n = len(given)
    if kind == "csat":
        satisfied = sum(one in SATISFIED for one in given)
        parts = {"satisfied": satisfied, "others": n - satisfied}
        if not n:
            return Score(kind, n, _nobody(), _nobody(), parts)
        return Score(kind, n, satisfied / n, wilson(satisfied, n), parts)
    if kind == "nps":
        good, bad = (
            sum(one >= PROMOTER for one in given),
            sum(one <= DETRACTOR for one in given),
        )
        parts = {"promoters": good, "passives": n - good - bad, "detractors": bad}
        if not n:
            return Score(kind, n, _nobody(), _nobody(), parts)
        ends = times_100(multinomial_difference(good, bad, n))
        error = 100 * standard_error(good, bad, n)
        return Score(kind, n, 100 * (good - bad) / n, ends, parts, error)
    top = sum(one == high for one in given)
    parts = {"top_box": top, "others": n - top}
    if not n:
        return Score(kind, n, _nobody(), _nobody(), parts)
    return Score(kind, n, sum(given) / n, mean_interval(given), parts)


def times_100(interval: Interval | Unknown) -> Interval | Unknown:
    """Return an interval of shares as one of points."""
    if isinstance(interval, Unknown):
        return interval
    return Interval(100 * interval.low, 100 * interval.high, interval.level, interval.method)


def _nobody() -> Unknown:
    return Unknown("nobody answered")
