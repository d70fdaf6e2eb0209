"""The error budget, in tickets: misses allowed, misses left, and whether the target holds."""

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
    """Clocks kept out of those due, the interval of that share, and whether the target is met.

    The comparison is exact; the interval is shown and decides nothing.
    """

    share: Share
    interval: Interval | Unknown
    is_met: bool | Unknown


def attainment(share: Share, target: Fraction) -> Attainment:
    """Compare a share with a target; if nothing was due the result is unknown, not 100 %."""
    fraction = share.fraction
    return Attainment(
        share=share,
        interval=wilson(share.count, share.of),
        is_met=NOTHING_DUE if isinstance(fraction, Unknown) else fraction >= target,
    )


@dataclass(frozen=True)
class Budget:
    """The misses a window allows and those it has.

    `arrivals` are tickets not yet filed that will be due before the window ends: 0 if the window is
    over or rolls, unknown if there is too little history.
    """

    target: Fraction
    span: WindowSpan
    counts: WindowCounts
    arrivals: Fraction | Unknown

    @property
    def known(self) -> int:
        """Return how many are judged already or are due later in the window."""
        return self.counts.fallen + self.counts.ahead

    @property
    def expected(self) -> Fraction | Unknown:
        """Return how many will have been due when the window ends."""
        return self.arrivals if isinstance(self.arrivals, Unknown) else self.known + self.arrivals

    @property
    def allowed(self) -> Fraction | Unknown:
        """Return how many misses are allowed: (1 - target) of those expected due."""
        expected = self.expected
        return expected if isinstance(expected, Unknown) else (1 - self.target) * expected

    @property
    def left(self) -> Fraction | Unknown:
        """Return the allowed misses minus the misses so far; negative if there are too many."""
        allowed = self.allowed
        return allowed if isinstance(allowed, Unknown) else allowed - self.counts.misses

    @property
    def misses_left(self) -> int | Unknown:
        """Return how many more whole misses are allowed; never below 0."""
        allowed = self.allowed
        if isinstance(allowed, Unknown):
            return allowed
        return max(0, floor(allowed) - self.counts.misses)

    @property
    def allows_none(self) -> bool:
        """Return whether less than one miss is allowed at this volume."""
        return not isinstance(self.allowed, Unknown) and self.allowed < 1

    @property
    def days_for_one_miss(self) -> int | Unknown:
        """Return how many days long a window must be, at this volume, to allow one miss."""
        expected = self.expected
        if isinstance(expected, Unknown):
            return expected
        if expected == 0:
            return NOTHING_DUE
        seconds = Fraction((self.span.end - self.span.start).total_seconds())
        return ceil(seconds / 86_400 / ((1 - self.target) * expected))


def outcome(budget: Budget) -> Outcome | Unknown:
    """Return whether the objective holds, is broken or cannot be kept any more.

    *Broken* is only a finished window. Before its end it *cannot be kept* if there are more misses
    than allowed among all that are expected due; unknown while arrivals are unknown.
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
