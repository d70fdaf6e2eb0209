"""How long things last when some still do: the product-limit estimate, with late entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

import numpy as np

from shinrai.statistics.interval import two_sided_z


@dataclass(frozen=True)
class SurvivalPoint:
    """The estimate right after one time at which something ended.

    `error` is Greenwood's standard error; the interval is of log(-log S), so within 0 and 1. Both
    ends are None where nothing is left: its variance is not known.
    """

    time: float
    at_risk: int
    ended: int
    survival: float
    error: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class SurvivalCurve:
    """The share that lasts longer than a time, at each time at which something ended."""

    count: int
    ended: int
    points: tuple[SurvivalPoint, ...]
    level: float

    def at(self, time: float) -> float:
        """Return the share that lasts longer than a time."""
        return next((p.survival for p in reversed(self.points) if p.time <= time), 1.0)

    @property
    def median(self) -> float | None:
        """Return the first time by which half have ended; None if it was not reached."""
        return next((p.time for p in self.points if p.survival <= 0.5), None)


def kaplan_meier(
    durations: Sequence[float],
    is_ended: Sequence[bool],
    *,
    entries: Sequence[float] | None = None,
    level: float = 0.95,
) -> SurvivalCurve:
    """Return the product-limit estimate; who entered late is at risk only from then on.

    At risk at t are those with entry < t <= duration; what ends and is cut off at the same time
    ends first. Rows with entry >= duration were never at risk and are left out.

    Raises: ValueError if the sequences differ in length or a duration is negative.
    Source: E. L. Kaplan and P. Meier, Nonparametric estimation from incomplete observations, JASA
            53 (1958), 457-481; M. Greenwood (1926); late entry and the interval as in J. P. Klein
            and M. L. Moeschberger, Survival Analysis (2nd ed. 2003), sections 4.2, 4.3, 4.6.
    """
    last = np.asarray(durations, dtype=float)
    over = np.asarray(is_ended, dtype=bool)
    # who is seen from the start is at risk from before time 0, also of an end at once
    first = np.full(len(last), -1.0) if entries is None else np.asarray(entries, dtype=float)
    if not len(last) == len(over) == len(first):
        raise ValueError("durations, ends and entries differ in number")
    if len(last) and last.min() < 0:
        raise ValueError("nothing lasts for less than no time")
    seen = first < last
    last, over, first = last[seen], over[seen], first[seen]
    times, ended = np.unique(last[over], return_counts=True)
    entered = np.searchsorted(np.sort(first), times, side="left")
    left = np.searchsorted(np.sort(last), times, side="left")
    z, survival, spread, points = two_sided_z(level), 1.0, 0.0, []
    for time, gone, risk in zip(
        times.tolist(), ended.tolist(), (entered - left).tolist(), strict=True
    ):
        survival *= 1 - gone / risk
        if gone == risk:  # nothing is left; what enters later cannot revive the estimate
            points.append(SurvivalPoint(time, risk, gone, 0.0, None, None, None))
            break
        spread += gone / (risk * (risk - gone))
        error = sqrt(spread)
        reach = z * error / log(survival)
        low, high = sorted((survival ** exp(reach), survival ** exp(-reach)))
        points.append(SurvivalPoint(time, risk, gone, survival, survival * error, low, high))
    return SurvivalCurve(len(last), int(over.sum()), tuple(points), level)
