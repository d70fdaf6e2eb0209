"""Agreement of people who judged the same things, beyond chance: Krippendorff's alpha."""

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray

from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown

DRAWS = 2_000
TOO_FEW = Unknown("nothing was judged by two people")
NO_VARIETY = Unknown("all judged the same: agreement beyond chance cannot be told apart")


def alpha(
    units: Sequence[Sequence[Hashable]], *, times: Sequence[int] | None = None
) -> float | Unknown:
    """Return alpha for names without an order (nominal).

    Shape:  one sequence per thing judged, with the judgement of each person who judged it. Things
            judged by one person are ignored. `times` gives how many things each sequence stands
            for; by default one.
    Unit:   1 is full agreement, 0 is chance, below 0 is worse than chance.
    Source: K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), sections A to C.
    """
    counted = _counts(units, times)
    if counted is None:
        return TOO_FEW
    counts, things = counted
    found = _alphas(counts, things[np.newaxis, :].astype(float))
    return NO_VARIETY if np.isnan(found[0]) else float(found[0])


def alpha_interval(
    units: Sequence[Sequence[Hashable]],
    *,
    seed: int,
    draws: int = DRAWS,
    times: Sequence[int] | None = None,
) -> Interval | Unknown:
    """Return the 95 % bootstrap interval of alpha; things are resampled with replacement.

    Resamples in which all judgements are the same have no alpha and are left out.
    Source: Efron and Tibshirani, An Introduction to the Bootstrap (1993), section 13.3
            (percentiles).
    """
    counted = _counts(units, times)
    if counted is None:
        return TOO_FEW
    counts, things = counted
    rng = np.random.default_rng(seed)
    n = int(things.sum())
    weights = rng.multinomial(n, things / n, size=draws).astype(float)
    found = _alphas(counts, weights)
    found = found[~np.isnan(found)]
    if not len(found):
        return NO_VARIETY
    low, high = np.quantile(found, (0.025, 0.975))
    return Interval(float(low), float(high), level=0.95, method=f"percentile bootstrap, {seed=}")


def _counts(
    units: Sequence[Sequence[Hashable]], times: Sequence[int] | None
) -> tuple[NDArray[np.float64], NDArray[np.int64]] | None:
    """Count for each thing how often each name was given, and how many such things there are.

    Shape:  (things judged by at least two, names), and one number per thing. None if nothing was
            judged twice.
    """
    every = [1] * len(units) if times is None else times
    paired = [unit for unit in units if len(unit) > 1]
    things = [n for unit, n in zip(units, every, strict=True) if len(unit) > 1]
    if not paired:
        return None
    places = {name: place for place, name in enumerate({name for unit in paired for name in unit})}
    counts = np.zeros((len(paired), len(places)))
    for row, unit in enumerate(paired):
        for name in unit:
            counts[row, places[name]] += 1
    return counts, np.array(things, np.int64)


def _alphas(counts: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return alpha for each row of weights (how often each thing was drawn); nan: no variety.

    alpha = 1 - observed / expected disagreement, each among the pairs of judgements: within a thing
    (each judgement of m paired with m - 1 others, weighed 1 / (m - 1)), and among all.
    """
    judged = counts.sum(axis=1)
    within = (judged**2 - (counts**2).sum(axis=1)) / (judged - 1)
    names = weights @ counts
    total = names.sum(axis=1)
    expected = (total**2 - (names**2).sum(axis=1)) / (total - 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: NDArray[np.float64] = np.where(
            expected > 0, 1 - (weights @ within) / expected, np.nan
        )
    return found
