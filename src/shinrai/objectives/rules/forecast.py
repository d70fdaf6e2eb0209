"""Forecast the tickets due before a window ends, and how likely the objective is to break.

Arrivals: tickets started at the same weekdays and hours of the last 8 weeks are repeated in the
weeks ahead, each due by the calendar there (holidays ahead count). Misses: every ticket still open
or still to come is missed with one unknown share; its Beta prior is worth one miss in as many
tickets as the target allows one, updated with the last 8 weeks. Arrivals are Poisson. Nothing is
simulated: the sum is computed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

from shinrai.calendars.rules.pause_columns import Pauses
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.calendars.rules.timetable import Timetable
from shinrai.objectives.rules.budget import Budget
from shinrai.objectives.rules.clocks import NEVER, SpanColumns, clock_columns
from shinrai.objectives.rules.definition import ClockDefinition
from shinrai.statistics.tails import beta_binomial_cdf, poisson_nodes
from shinrai.units.moments import epoch_us
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

WEEK = timedelta(days=7)
WEEKS_BACK = 8
FEWEST_WEEKS = 4  # with fewer one holiday week decides the forecast

Moments = NDArray[np.int64]
DueOf = Callable[[Moments], Moments]


@dataclass(frozen=True)
class Arrivals:
    """How many tickets not yet filed will be due, and how many weeks that estimate rests on."""

    expected: Fraction | Unknown
    weeks: int


def arrivals_expected(
    started_us: Moments,
    *,
    known_since: datetime,
    at: datetime,
    until: datetime,
    zone: str,
    due_of: DueOf,
) -> Arrivals:
    """Estimate the tickets that will be filed after `at` and be due before `until`.

    Each week on record counts one n-th, of up to 8 weeks. `started_us` are starts that were not
    void, `known_since` the first start on record, `due_of` gives the due moments of starts, nothing
    paused. With 4 to 7 whole weeks on record those are used; with fewer it is unknown.
    """
    weeks = min(WEEKS_BACK, (at - known_since) // WEEK)
    if weeks < FEWEST_WEEKS:
        there = max(0, weeks)
        why = Unknown(
            "{there} whole weeks are on record; {fewest_weeks} are needed to forecast",
            there=there,
            fewest_weeks=FEWEST_WEEKS,
        )
        return Arrivals(why, there)
    repeated = [np.zeros(0, np.int64)]
    for back in range(1, weeks + 1):
        first, last = at - back * WEEK, at - (back - 1) * WEEK
        sources = started_us[(started_us >= epoch_us(first)) & (started_us < epoch_us(last))]
        repeated += [
            sources + _shift_us(first, (ahead + back) * WEEK, zone)
            for ahead in range(ceil((until - at) / WEEK))
        ]
    starts = np.concatenate(repeated)  # one call computes all: a call costs more than its rows
    starts = starts[starts < epoch_us(until)]
    found = int(np.count_nonzero(due_of(starts) < epoch_us(until))) if len(starts) else 0
    return Arrivals(Fraction(found, weeks), weeks)


def due_without_pauses(definition: ClockDefinition, timetable: Timetable) -> DueOf:
    """Return a function that computes when tickets started at given moments would be due."""

    def due_of(started_us: Moments) -> Moments:
        n = len(started_us)
        going = np.full(n, NEVER, np.int64)
        spans = SpanColumns(started_us, going, going, Pauses.none(n))
        return clock_columns(definition, timetable, spans).due_us

    return due_of


def break_probability(budget: Budget, recent: Share) -> float | Unknown:
    """Return the probability of more misses by the window's end than it allows.

    `recent` are the misses out of those due in the last 8 weeks.
    """
    if isinstance(budget.arrivals, Unknown):
        return budget.arrivals
    misses, target = budget.counts.misses, budget.target
    alpha = 1 + recent.count
    beta = float(1 / (1 - target) - 1) + recent.of - recent.count
    total = 0.0
    for arriving, weight in zip(*poisson_nodes(float(budget.arrivals)), strict=True):
        fit = floor((1 - target) * (budget.known + int(arriving))) - misses
        still_open = budget.counts.running + int(arriving)
        total += float(weight) * (1 - beta_binomial_cdf(fit, still_open, alpha, beta))
    return min(1.0, max(0.0, total))


def _shift_us(source: datetime, by: timedelta, zone: str) -> int:
    """Return a shift in microseconds that keeps the local hour, except near clock changes."""
    local = zone_named(zone)
    before, after = source.astimezone(local), (source + by).astimezone(local)
    change = (before.utcoffset() or timedelta()) - (after.utcoffset() or timedelta())
    return (by + change) // timedelta(microseconds=1)
