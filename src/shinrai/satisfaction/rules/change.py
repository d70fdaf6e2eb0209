"""How satisfaction changed: of the same persons, and of others, never mixed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Literal

from shinrai.satisfaction.rules.score import DETRACTOR, PROMOTER, SATISFIED, Score, score
from shinrai.statistics.interval import Interval
from shinrai.statistics.matched import MatchedShares
from shinrai.statistics.mean import mean_interval, welch_interval
from shinrai.statistics.wilson import newcombe
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

Verdict = Literal["rose", "fell", "none", "unknown"]


@dataclass(frozen=True)
class Difference:
    """The score after less the score before, in the unit of the score.

    `chi_square`: McNemar's, of CSAT of the same persons.
    """

    before: Score
    after: Score
    value: float | Unknown
    interval: Interval | Unknown
    chi_square: float | Unknown | None = None

    @property
    def verdict(self) -> Verdict:
        """Return what the interval says: "none" is no change that one could detect."""
        if isinstance(self.interval, Unknown):
            return "unknown"
        if self.interval.low > 0:
            return "rose"
        return "fell" if self.interval.high < 0 else "none"


@dataclass(frozen=True)
class ScoreChange:
    """The change of those who answered both times, and of those who answered once, apart."""

    same: Difference
    others: Difference


def change(
    kind: str, before: Mapping[int, int], after: Mapping[int, int], *, high: int
) -> ScoreChange:
    """Return the change between two sets of scores by person."""
    both = sorted(before.keys() & after.keys())
    pairs = [(before[person], after[person]) for person in both]
    first = [one for person, one in before.items() if person not in after]
    last = [one for person, one in after.items() if person not in before]
    return ScoreChange(_same(kind, pairs, high), _others(kind, first, last, high))


def _same(kind: str, pairs: Sequence[tuple[int, int]], high: int) -> Difference:
    first, last = (score(kind, [pair[n] for pair in pairs], high=high) for n in (0, 1))
    value = _less(last, first)
    if isinstance(value, Unknown):
        return Difference(first, last, Unknown("nobody answered both times"), value)
    if kind == "csat":
        happy = [(one in SATISFIED, other in SATISFIED) for one, other in pairs]
        table = MatchedShares(*(happy.count(cell) for cell in CELLS))
        return Difference(first, last, value, table.interval, table.chi_square)
    ends = mean_interval([_points(kind, b) - _points(kind, a) for a, b in pairs])
    return Difference(first, last, value, ends)


CELLS = ((True, True), (True, False), (False, True), (False, False))


def _others(kind: str, before: Sequence[int], after: Sequence[int], high: int) -> Difference:
    first, last = score(kind, before, high=high), score(kind, after, high=high)
    value = _less(last, first)
    if isinstance(value, Unknown):
        return Difference(first, last, Unknown("nobody answered one time alone"), value)
    if kind == "csat":
        now, then = (Share(one.parts["satisfied"], one.n) for one in (last, first))
        return Difference(first, last, value, newcombe(now, then))
    if kind == "nps":
        return Difference(first, last, value, _mover(last, first))
    return Difference(first, last, value, welch_interval(after, before))


def _mover(last: Score, first: Score) -> Interval | Unknown:
    """Return the interval of the difference of two independent scores, from that of each.

    Source: G. Y. Zou and A. Donner, Construction of confidence limits about effect measures,
            Statistics in Medicine 27 (2008), 1693-1702.
    """
    a, b = last.interval, first.interval
    x, y = last.value, first.value
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return Unknown("too few to tell")
    if isinstance(x, Unknown) or isinstance(y, Unknown):
        return Unknown("nobody answered")
    return Interval(
        x - y - sqrt((x - a.low) ** 2 + (b.high - y) ** 2),
        x - y + sqrt((a.high - x) ** 2 + (y - b.low) ** 2),
        a.level,
        "MOVER",
    )


def _less(last: Score, first: Score) -> float | Unknown:
    if isinstance(last.value, Unknown) or isinstance(first.value, Unknown):
        return Unknown("nobody answered")
    return last.value - first.value


def _points(kind: str, given: int) -> int:
    """Return what one answer adds to a score: for NPS 100, 0 or -100."""
    if kind != "nps":
        return given
    return 100 * (given >= PROMOTER) - 100 * (given <= DETRACTOR)
