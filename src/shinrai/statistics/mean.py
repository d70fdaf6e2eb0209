"""Means with t intervals: of one sample, of pairs, and the difference of two samples (Welch)."""

from collections.abc import Sequence
from math import sqrt

from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown

ALL_THE_SAME = Unknown("all values are the same; an interval cannot be told")


def mean_interval(values: Sequence[float], level: float = 0.95) -> Interval | Unknown:
    """Return the t interval of a mean; of pairs, give their differences.

    Source: Student, The probable error of a mean, Biometrika 6 (1908), 1-25.
    """
    n = len(values)
    if n < 2:
        return Unknown("too few to tell")
    mean, variance = _moments(values)
    if variance == 0:
        return ALL_THE_SAME
    half = _t(level, n - 1) * sqrt(variance / n)
    return Interval(mean - half, mean + half, level, "t")


def welch_interval(
    first: Sequence[float], second: Sequence[float], level: float = 0.95
) -> Interval | Unknown:
    """Return the interval of mean(first) - mean(second), two independent samples.

    Source: B. L. Welch, The generalization of "Student's" problem when several different population
            variances are involved, Biometrika 34 (1947), 28-35.
    """
    if min(len(first), len(second)) < 2:
        return Unknown("too few to tell")
    one, other = _moments(first), _moments(second)
    a, b = one[1] / len(first), other[1] / len(second)
    difference = one[0] - other[0]
    if a + b == 0:
        return ALL_THE_SAME
    freedom = (a + b) ** 2 / (a * a / (len(first) - 1) + b * b / (len(second) - 1))
    half = _t(level, freedom) * sqrt(a + b)
    return Interval(difference - half, difference + half, level, "Welch t")


def _moments(values: Sequence[float]) -> tuple[float, float]:
    """Return the mean and the unbiased variance."""
    n = len(values)
    mean = sum(values) / n
    return mean, sum((value - mean) ** 2 for value in values) / (n - 1)


def _t(level: float, freedom: float) -> float:
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))
