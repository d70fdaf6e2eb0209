"""Arms of an assignment: whether they have the sizes they should, and several compared at once."""

from collections.abc import Sequence
from math import erfc, sqrt

from shinrai.statistics.differences import Sums


def sample_ratio_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """Return how likely arms differ so much from their shares by chance (Pearson's chi-square).

    A small one says that the assignment or its record is broken, and that no comparison holds.
    Source: A. Fabijan et al., Diagnosing Sample Ratio Mismatch, KDD 2019.
    """
    from scipy import special

    whole, of = sum(shares), sum(counts)
    if of == 0 or len(counts) < 2:
        return 1.0
    expected = [of * share / whole for share in shares]
    off = sum((count - one) ** 2 / one for count, one in zip(counts, expected, strict=True))
    return float(special.chdtrc(len(counts) - 1, off))


def difference_p(one: Sums, other: Sums) -> float:
    """Return the two-sided p of no difference: pooled of shares, by both variances of means."""
    if not one.of or not other.of:
        return 1.0
    if one.squares is None:
        pooled = (one.total + other.total) / (one.of + other.of)
        error = pooled * (1 - pooled) * (1 / one.of + 1 / other.of)
    elif min(one.of, other.of) < 2:
        return 1.0
    else:
        error = one.variance / one.of + other.variance / other.of
    apart = one.total / one.of - other.total / other.of
    return erfc(abs(apart) / sqrt(2 * error)) if error > 0 else float(apart == 0)


def holm(p_values: Sequence[float]) -> list[float]:
    """Return p values that hold for all comparisons together.

    Source: S. Holm, Scandinavian Journal of Statistics 6 (1979), 65-70.
    """
    order = sorted(range(len(p_values)), key=lambda place: p_values[place])
    found, least = [1.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, p_values[place] * (len(p_values) - rank)))
        found[place] = least
    return found
