"""Shares of offers taken, where a learner gets many: learners are drawn, offers are not."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Final

from shinrai.statistics.interval import Interval, two_sided_z
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

LEAST: Final = 20  # learners, below which the spread between them is itself not known
LEVEL: Final = 0.95
METHOD: Final = "delta method, by learner"


@dataclass(frozen=True)
class OffersOfLearner:
    """How many offers a learner was shown, and how many of them they took on that day."""

    shown: int
    taken: int


@dataclass(frozen=True)
class TakenShare:
    """A share of offers taken, of how many learners, and the variance of the share."""

    share: Share
    learners: int
    variance: float

    @property
    def interval(self) -> Interval | Unknown:
        """Return the interval of the share."""
        if self.learners < LEAST:
            return Unknown("too few learners to tell")
        p, spread = self.share.count / self.share.of, two_sided_z(LEVEL) * sqrt(self.variance)
        return Interval(max(0.0, p - spread), min(1.0, p + spread), LEVEL, METHOD)


def taken_share(learners: Iterable[OffersOfLearner]) -> TakenShare:
    """Return the share of all offers that was taken.

    Source: A. Deng, U. Knoblich, J. Lu, Applying the Delta Method in Metric Analytics (KDD 2018),
            equation 3: a ratio of sums, whose units of analysis lie within units of assignment.
    """
    found: Sequence[OffersOfLearner] = [one for one in learners if one.shown]
    shown, taken = sum(one.shown for one in found), sum(one.taken for one in found)
    count = len(found)
    if count < 2:
        return TakenShare(Share(taken, shown), count, 0.0)
    off = sum((one.taken - one.shown * taken / shown) ** 2 for one in found)
    return TakenShare(Share(taken, shown), count, off * count / (count - 1) / shown**2)


def difference(first: TakenShare, second: TakenShare) -> Interval | Unknown:
    """Return the interval of `first - second`, of two groups of different learners."""
    if min(first.learners, second.learners) < LEAST:
        return Unknown("too few learners to tell")
    gap = first.share.count / first.share.of - second.share.count / second.share.of
    spread = two_sided_z(LEVEL) * sqrt(first.variance + second.variance)
    return Interval(gap - spread, gap + spread, LEVEL, METHOD)
