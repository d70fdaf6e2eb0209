"""How far a mean of few values can be from the truth: a seeded bootstrap."""

from collections.abc import Sequence

import numpy as np

from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown

FEWEST_VALUES = 5  # below this the resamples repeat a handful of values
RESAMPLES = 9_999
CELLS_AT_ONCE = 4_000_000  # resampled values held in memory at one time


def bootstrap_mean(
    values: Sequence[float], *, seed: int, level: float = 0.95
) -> Interval | Unknown:
    """Give the interval of a mean, bias-corrected and accelerated (BCa).

    The same values and seed give the same interval on every machine.
    Source: B. Efron, Better bootstrap confidence intervals, JASA 82 (1987), 171-185.
    """
    from scipy import stats  # a slow import that only guidelines need

    sample = np.asarray(values, dtype=np.float64)
    if len(sample) < FEWEST_VALUES:
        return Unknown(f"{len(sample)} values are too few to tell; {FEWEST_VALUES} are needed")
    if np.ptp(sample) == 0:
        return Unknown("all values are the same; resampling cannot tell how they vary")
    answer = stats.bootstrap(
        (sample,),
        np.mean,
        n_resamples=RESAMPLES,
        batch=max(1, CELLS_AT_ONCE // len(sample)),
        confidence_level=level,
        method="BCa",
        rng=np.random.default_rng(seed),
    )
    ends = answer.confidence_interval
    return Interval(
        low=float(ends.low), high=float(ends.high), level=level, method=f"BCa bootstrap, {seed=}"
    )
