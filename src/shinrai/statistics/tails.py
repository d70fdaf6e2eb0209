"""Probabilities of numbers of misses: Poisson and beta-binomial."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

FORGOTTEN_TAIL = 1e-10  # probability left out at each end when a Poisson is cut off
MOST_NODES = 256  # beyond so many possible counts neighbours are taken together


def poisson_nodes(mean: float) -> tuple[Counts, Floats]:
    """Return the counts a Poisson variable of this mean can take, and the probability of each.

    Both tails beyond 1e-10 are left out and the rest scaled to 1. For large means neighbouring
    counts are joined under their middle one, into at most 256 groups.
    """
    if mean < 0:
        raise ValueError(f"a mean of {mean} arrivals cannot be")
    if mean == 0:
        return np.zeros(1, np.int64), np.ones(1)
    reach = 7 * np.sqrt(mean) + 25  # beyond it lies less than FORGOTTEN_TAIL, for every mean
    counts = np.arange(max(0, int(mean - reach)), int(mean + reach) + 2, dtype=np.int64)
    weights = np.exp(counts * np.log(mean) - mean - special.gammaln(counts + 1.0))
    kept = weights > FORGOTTEN_TAIL / len(counts)
    counts, weights = counts[kept], weights[kept]
    group = -(-len(counts) // MOST_NODES)
    if group > 1:
        starts = np.arange(0, len(counts), group)
        weights = np.add.reduceat(weights, starts)
        counts = counts[np.minimum(starts + group // 2, len(counts) - 1)]
    return counts, weights / weights.sum()


def beta_binomial_cdf(at_most: int, tickets: int, alpha: float, beta: float) -> float:
    """Return P(X <= at_most) if each ticket is missed with one share drawn from Beta(a, b).

    Source: N. L. Johnson, A. W. Kemp and S. Kotz, Univariate Discrete Distributions, 3rd ed.
            (2005), section 6.2.2.
    """
    if at_most < 0:
        return 0.0
    if at_most >= tickets:
        return 1.0
    misses = np.arange(at_most + 1, dtype=np.float64)
    rest = tickets - misses
    log_weight = (
        special.gammaln(tickets + 1.0)
        - special.gammaln(misses + 1)
        - special.gammaln(rest + 1)
        + special.betaln(misses + alpha, rest + beta)
        - special.betaln(alpha, beta)
    )
    return float(min(1.0, np.exp(log_weight).sum()))
