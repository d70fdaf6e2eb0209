"""The error budget, in tickets: how many misses fit, how many are left, and does it hold."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Literal

from shinrai.objectives.rules.counts import WindowCounts
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

Outcome = Literal["holds", "cannot_be_kept", "broken"]
NOTHING_DUE = Unknown("nothing fell due")


@dataclass(frozen=True)
class Attainment:
    """Say how many were kept of those due, how sure that is, and whether the target is met.

    The comparison is exact; the interval is shown and never decides.
    """

    share: Share
    interval: Interval | Unknown
    is_met: bool | Unknown


def attainment(share: Share, target: Fraction) -> Attainment:
    """Compare a share with a target; nothing due is unknown, never 100 %."""
    fraction = share.fraction
    return Attainment(
        share=share,
        interval=wilson(share.count, share.of),
        is_met=NOTHING_DUE if isinstance(fraction, Unknown) else fraction >= target,
    )


@dataclass(frozen=True)
class Budget:
    """Count the misses a window allows against those it has.

    `arrivals` are tickets not yet filed that will fall due before the window ends: none where the
    window is over or rolls, unknown where there is too little history.
    """

    target: Fraction
    span: WindowSpan
    counts: WindowCounts
    arrivals: Fraction | Unknown

    @property
    def known(self) -> int:
        """Count what fell due or is in hand."""
        return self.counts.fallen + self.counts.ahead

    @property
    def expected(self) -> Fraction | Unknown:
        """Give how many will have fallen due when the window ends."""
        return self.arrivals if isinstance(self.arrivals, Unknown) else self.known + self.arrivals

    @property
    def allowed(self) -> Fraction | Unknown:
        """Give how many misses fit: (1 - target) of those expected due."""
        expected = self.expected
        return expected if isinstance(expected, Unknown) else (1 - self.target) * expected

    @property
    def left(self) -> Fraction | Unknown:
        """Give what is left of the allowed misses; below 0, so many too many."""
        allowed = self.allowed
        return allowed if isinstance(allowed, Unknown) else allowed - self.counts.misses

    @property
    def misses_left(self) -> int | Unknown:
        """Count the whole misses that still fit; never below 0."""
        allowed = self.allowed
        if isinstance(allowed, Unknown):
            return allowed
        return max(0, floor(allowed) - self.counts.misses)

    @property
    def allows_none(self) -> bool:
        """Tell whether not even one miss fits at this volume."""
        return not isinstance(self.allowed, Unknown) and self.allowed < 1

    @property
    def days_for_one_miss(self) -> int | Unknown:
        """Give the days a window must have, at this volume, for one miss to fit."""
        expected = self.expected
        if isinstance(expected, Unknown):
            return expected
        if expected == 0:
            return NOTHING_DUE
        seconds = Fraction((self.span.end - self.span.start).total_seconds())
        return ceil(seconds / 86_400 / ((1 - self.target) * expected))


def outcome(budget: Budget) -> Outcome | Unknown:
    """Say whether the objective holds.

    *Broken* is said of a finished window only. Before its end *cannot be kept*: more misses than
    fit into all that is expected due. Where arrivals are unknown this cannot be said yet.
    """
    counts, allowed = budget.counts, budget.allowed
    if counts.fallen == 0:
        return NOTHING_DUE
    if budget.span.finished:
        return "holds" if attainment(counts.share, budget.target).is_met is True else "broken"
    if counts.misses <= (1 - budget.target) * budget.known:
        return "holds"
    if isinstance(allowed, Unknown):
        return Unknown(
            "{misses} missed, and how many are still to come is unknown", misses=counts.misses
        )
    return "cannot_be_kept" if counts.misses > allowed else "holds"
