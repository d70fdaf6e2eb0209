"""When misses come too thick for chance: a Bernoulli CUSUM with its exact chain.

The statistic climbs with every miss, sinks with every ticket kept, never below 0, and alarms
when it reaches a threshold. Odds of a miss four times those on target are what it looks for.

Source: M. R. Reynolds Jr. and Z. G. Stoumbos, A CUSUM chart for monitoring a proportion when
        inspecting continuously, Journal of Quality Technology 31 (1999), 87-108 (the statistic,
        and its steps as whole numbers so that the chain is exact); D. Brook and D. A. Evans, An
        approach to the probability distribution of CUSUM run length, Biometrika 59 (1972),
        539-549 (run length by a Markov chain).
"""

from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csc_matrix
from scipy.sparse.linalg import splu

from shinrai.units.unknown import Unknown

ODDS_RATIO = 4  # p1 = 4 p0 / (1 + 3 p0): the odds of a miss are four times those on target
LATTICE = 300  # a miss climbs about so many whole steps, so that states stay in the thousands
FINEST_SINK = 64  # whole steps a kept ticket sinks at most; finer moves p1 by under a hundredth
RAREST_MISS = Fraction(1, 1000)  # rarer ones need tens of thousands of states


@dataclass(frozen=True)
class CusumSteps:
    """Whole-number weights of a CUSUM: a miss raises the statistic, a kept ticket lowers it."""

    climb: int
    sink: int


@dataclass(frozen=True)
class CusumPlan:
    """The settings of a CUSUM: steps, threshold, and average tickets to a false alarm."""

    target: Fraction
    yearly_volume: int
    steps: CusumSteps
    threshold: int
    run_length: float

    @property
    def false_alarms_a_year(self) -> float:
        """Return how many alarms a year a team exactly on target gets, at most."""
        return self.yearly_volume / self.run_length


@dataclass(frozen=True)
class CusumPath:
    """The height after the last ticket (0 after an alarm), and the indexes that raised alarms."""

    height: int
    alarms: tuple[int, ...]


def shifted_share(miss_share: Fraction) -> Fraction:
    """Return p1, the share of misses the CUSUM looks for, from p0, the share on target."""
    return ODDS_RATIO * miss_share / (1 + (ODDS_RATIO - 1) * miss_share)


@lru_cache(maxsize=256)
def cusum_steps(miss_share: Fraction) -> CusumSteps:
    """Return the two log-likelihood increments as whole steps in (nearly) the same ratio.

    A miss adds ln(p1/p0), a kept ticket ln((1-p1)/(1-p0)). Only their ratio matters, so both are
    rounded to whole steps; the statistic uses these steps, and so the chain below is exact for it.

    Raises: ValueError unless 1/1000 <= miss_share < 1.
    """
    if not RAREST_MISS <= miss_share < 1:
        raise ValueError(f"a share of misses of {miss_share} on target cannot be watched")
    sink = log(1 + (ODDS_RATIO - 1) * miss_share)  # = ln((1-p0)/(1-p1))
    climb = log(ODDS_RATIO) - sink  # = ln(p1/p0)
    ratio = Fraction(climb / sink)
    finest = max(1, min(FINEST_SINK, int(LATTICE / max(1.0, climb / sink))))
    near = max(ratio.limit_denominator(finest), Fraction(1, finest))  # a miss always climbs
    return CusumSteps(climb=near.numerator, sink=near.denominator)


def run_length(steps: CusumSteps, threshold: int, miss_share: float) -> float:
    """Return how many tickets pass on average from height 0 to an alarm, solved exactly.

    States of the Markov chain are the heights 0 … threshold - 1. From each, a miss climbs (to the
    alarm, or to a state) and a kept ticket sinks (not below 0); E = 1 + P E has three values in a
    row. SuperLU works on one thread: a banded solver of LAPACK waited half a minute for its own
    threads on a machine whose cores were busy.
    """
    heights = np.arange(threshold)
    climbing = heights[heights + steps.climb < threshold]
    places = (
        np.concatenate([heights, climbing, heights]),
        np.concatenate([heights, climbing + steps.climb, np.maximum(heights - steps.sink, 0)]),
    )
    values = np.repeat([1.0, -miss_share, miss_share - 1.0], [threshold, len(climbing), threshold])
    system = csc_matrix((values, places), shape=(threshold, threshold))  # I - P; doubles add up
    return float(splu(system).solve(np.ones(threshold))[0])


@lru_cache(maxsize=1024)
def cusum_plan(target: Fraction, yearly_volume: int) -> CusumPlan | Unknown:
    """Return a plan with the lowest threshold that gives a team on target one alarm a year at most.

    The criterion is run length on target >= yearly volume. A run started at 0 lasts, in
    distribution, at least as long as the rest of a run already under way (whose height is never
    lower), so the expected number of alarms in a year's tickets is at most volume / run length,
    from the first year on. The threshold is never so low that one miss alone reaches it.

    Raises: ValueError unless 0 < target < 1.
    """
    if not 0 < target < 1:
        raise ValueError(f"a target of {target} cannot be watched; give one between 0 and 1")
    miss_share = 1 - target
    if yearly_volume < 1:
        return Unknown("no ticket fell due in the last year: no volume to fit an alarm to")
    if miss_share < RAREST_MISS:
        return Unknown("a target above 99.9 % allows misses too rarely for this alarm")
    steps = cusum_steps(miss_share)
    share = float(miss_share)

    least = steps.climb + 1  # two misses at least
    length = run_length(steps, least, share)
    if length >= yearly_volume:
        return CusumPlan(target, yearly_volume, steps, least, length)
    below, above, stride = least, least, max(steps.climb, steps.sink)
    while length < yearly_volume:
        below, above, stride = above, above + stride, stride * 2
        length = run_length(steps, above, share)
    while above - below > 1:
        middle = (above + below) // 2
        at_middle = run_length(steps, middle, share)
        if at_middle >= yearly_volume:
            above, length = middle, at_middle
        else:
            below = middle
    return CusumPlan(target, yearly_volume, steps, above, length)


def run_cusum(plan: CusumPlan, missed: ArrayLike) -> CusumPath:
    """Run the CUSUM over tickets in order of their due moments; restart at 0 after each alarm.

    `missed` tells for each ticket whether it was missed; indexes count from 0. Only misses are
    visited, since the height just sinks between them. Each version of an objective needs its own
    run.
    """
    flags = np.asarray(missed, dtype=np.bool_)
    climb, sink = plan.steps.climb, plan.steps.sink
    height, last, alarms = 0, -1, []
    for place in np.flatnonzero(flags).tolist():
        height = max(0, height - sink * (place - last - 1)) + climb
        last = place
        if height >= plan.threshold:
            alarms.append(place)
            height = 0
    return CusumPath(height=max(0, height - sink * (len(flags) - 1 - last)), alarms=tuple(alarms))
