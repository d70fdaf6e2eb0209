"""Intervals of a mean of few values, by a bootstrap with a fixed seed."""

from collections.abc import Mapping, Sequence

import numpy as np

from shinrai.statistics.interval import STANDARD_NORMAL, Interval
from shinrai.units.unknown import Unknown

FEWEST_VALUES = 5  # below this the resamples repeat a handful of values
RESAMPLES = 9_999
CELLS_AT_ONCE = 4_000_000  # resampled values held in memory at one time
ALL_THE_SAME = Unknown("all values are the same; resampling cannot tell how they vary")


def bootstrap_mean(
    values: Sequence[float], *, seed: int, level: float = 0.95
) -> Interval | Unknown:
    """Return the bootstrap interval of a mean, bias-corrected and accelerated (BCa).

    The same values and seed give the same interval on every machine.
    Source: B. Efron, Better bootstrap confidence intervals, JASA 82 (1987), 171-185.
    """
    from scipy import stats  # a slow import that only guidelines need

    sample = np.asarray(values, dtype=np.float64)
    if len(sample) < FEWEST_VALUES:
        return _too_few(len(sample))
    if np.ptp(sample) == 0:
        return ALL_THE_SAME
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


def bootstrap_counted_mean(
    counts: Mapping[int, int], *, seed: int, level: float = 0.95
) -> Interval | Unknown:
    """Return the BCa interval of a mean for values given as counts: value -> how often.

    Resampling n values is drawing how often each occurs, so the cost depends only on how many
    different values there are.
    Source: Efron (1987) as above; the acceleration is that of a mean, equation 7.3 there.
    """
    counted = {value: often for value, often in sorted(counts.items()) if often}
    size = sum(counted.values())
    if size < FEWEST_VALUES:
        return _too_few(size)
    if len(counted) == 1:
        return ALL_THE_SAME
    values = np.array(list(counted), dtype=np.float64)
    often = np.array(list(counted.values()), dtype=np.float64)
    mean = values @ often / size
    drawn = np.random.default_rng(seed).multinomial(size, often / size, size=RESAMPLES)
    means = np.sort(drawn @ values / size)
    apart = values - mean
    skew = float(often @ apart**3 / (6 * (often @ apart**2) ** 1.5))
    below = (np.searchsorted(means, mean, "left") + np.searchsorted(means, mean, "right")) / 2
    bias = STANDARD_NORMAL.inv_cdf(float(below) / RESAMPLES)

    def end(share: float) -> float:
        z = bias + STANDARD_NORMAL.inv_cdf(share)
        return float(np.quantile(means, STANDARD_NORMAL.cdf(bias + z / (1 - skew * z))))

    low, high = end((1 - level) / 2), end((1 + level) / 2)
    return Interval(low, high, level=level, method=f"BCa bootstrap, {seed=}")


def _too_few(count: int) -> Unknown:
    return Unknown(
        "{count} values are too few to tell; {needed} are needed",
        count=count,
        needed=FEWEST_VALUES,
    )
