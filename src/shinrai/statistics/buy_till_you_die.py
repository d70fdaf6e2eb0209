"""How often customers without a contract will buy, and whether they still do: BG/NBD.

Each customer buys at random at a rate of their own, and after each purchase may have left for good
with a chance of their own; rates are gamma, chances beta distributed over customers.

Source: P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting your customers" the easy way, an
        alternative to the Pareto/NBD model, Marketing Science 24 (2005), 275-284; the likelihood in
        the numerically stable form of B. G. S. Hardie, note 027 (2019).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from shinrai.units.unknown import Unknown

FEWEST_REPEATS = 10  # customers who came back; of fewer, four numbers cannot be told


@dataclass(frozen=True)
class BuyingModel:
    """The four parameters of BG/NBD, its log-likelihood and the number of customers."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    n: int

    def is_alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Any:
        """Return the chances that customers still buy; source: equation 7 of note 021."""
        x, last, whole = _arrays(frequency, recency, age)
        gone = self.a / (self.b + np.maximum(x, 1) - 1)
        odds = gone * ((self.alpha + whole) / (self.alpha + last)) ** (self.r + x)
        return np.where(x > 0, 1 / (1 + odds), 1.0)

    def purchases(
        self, span: float, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Any:
        """Return how many purchases to expect of customers in the next `span` (equation 10)."""
        from scipy.special import hyp2f1

        x, last, whole = _arrays(frequency, recency, age)
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        z = span / (alpha + whole + span)
        shrunk = ((alpha + whole) / (alpha + whole + span)) ** (r + x)
        grown = 1 - shrunk * hyp2f1(r + x, b + x, a + b + x - 1, z)
        return (a + b + x - 1) / (a - 1) * grown * self.is_alive(x, last, whole)


def buying_model(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> BuyingModel | Unknown:
    """Return the model of greatest likelihood.

    `frequency` counts repeat purchases, `recency` is the time from the first to the last of them
    (0 without any) and `age` the time from the first purchase to now, in the same unit.

    Raises: ValueError where a recency is beyond its age, or anything is negative.
    """
    from scipy.optimize import minimize

    x, last, whole = _arrays(frequency, recency, age)
    if np.any(x < 0) or np.any(last < 0) or np.any(last > whole):
        raise ValueError("a recency lies between 0 and its age, and no frequency is negative")
    if np.count_nonzero(x) < FEWEST_REPEATS:
        return Unknown("too few came back to tell")
    rows, counts = np.unique(np.column_stack([x, last, whole]), axis=0, return_counts=True)
    scale = float(whole.max()) or 1.0  # the search is easier where all is near 1

    def loss(logs: Any) -> float:
        r, alpha, a, b = np.exp(logs)
        told = _log_likelihoods(rows[:, 0], rows[:, 1] / scale, rows[:, 2] / scale, r, alpha, a, b)
        return -float(counts @ told) / len(x)

    start = np.log([1.0, 1.0, 1.0, 1.0])
    found = minimize(loss, start, method="Nelder-Mead", options={"maxiter": 4000, "xatol": 1e-7,
                                                                  "fatol": 1e-11})  # fmt: skip
    if not found.success or np.any(np.abs(found.x) > 15):
        return Unknown("no parameters fit better than all others")
    r, alpha, a, b = map(float, np.exp(found.x))
    alpha *= scale
    total = float(counts @ _log_likelihoods(rows[:, 0], rows[:, 1], rows[:, 2], r, alpha, a, b))
    return BuyingModel(r, alpha, a, b, total, len(x))


def _log_likelihoods(
    x: Any, last: Any, whole: Any, r: float, alpha: float, a: float, b: float
) -> Any:
    from scipy.special import gammaln

    shared = (
        gammaln(r + x)
        - gammaln(r)
        + r * np.log(alpha)
        + gammaln(a + b)
        + gammaln(b + x)
        - gammaln(b)
        - gammaln(a + b + x)
    )
    alive = -(r + x) * np.log(alpha + whole)
    gone = np.log(a / (b + np.maximum(x, 1) - 1)) - (r + x) * np.log(alpha + last)
    return shared + np.where(x > 0, np.logaddexp(alive, gone), alive)


def _arrays(*values: ArrayLike) -> tuple[Any, ...]:
    return tuple(np.asarray(one, dtype=float) for one in values)
