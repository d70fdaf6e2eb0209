"""A difference of two groups: its interval at a set end, and one that may be looked at always."""

from dataclasses import dataclass
from math import exp, log, sqrt

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import newcombe
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

# Of a two-sided interval of 95 %.
LEVEL_Z = 1.959963984540054
FEWEST = 2  # of which a mean has a variance


@dataclass(frozen=True)
class Sums:
    """What is carried of a group: how many, their sum, and (of a mean) the sum of squares.

    `squares` None: a share, whose sum counts.
    """

    of: int
    total: float
    squares: float | None = None

    def __add__(self, other: "Sums") -> "Sums":
        squares = None if self.squares is None else self.squares + (other.squares or 0.0)
        return Sums(self.of + other.of, self.total + other.total, squares)

    @property
    def share(self) -> Share | None:
        """Return the share; None of a mean."""
        return Share(round(self.total), self.of) if self.squares is None else None

    @property
    def value(self) -> float | None:
        """Return the share or the mean; None of nobody."""
        return self.total / self.of if self.of else None

    @property
    def variance(self) -> float:
        """Return the variance of one; that of a share is drawn to the middle, so never 0."""
        if self.squares is None:
            drawn = (self.total + 1) / (self.of + 2)
            return drawn * (1 - drawn)
        spread = self.squares - self.total**2 / self.of
        return max(spread, 0.0) / (self.of - 1)


def fixed_interval(now: Sums, before: Sums, level: float = 0.95) -> Interval | Unknown:
    """Return the interval of `now - before`, right if it is looked at once, at a set end.

    Source: Newcombe of shares; of means B. L. Welch, Biometrika 34 (1947), 28-35.
    """
    if min(now.of, before.of) < (1 if now.squares is None else FEWEST):
        return Unknown("one of the two has nothing to count")
    first, second = now.share, before.share
    if first is not None and second is not None:
        return newcombe(first, second, level)
    from scipy import special

    parts = [one.variance / one.of for one in (now, before)]
    if sum(parts) == 0:
        return Unknown("all values are the same")
    freedom = sum(parts) ** 2 / sum(
        part**2 / (one.of - 1) for part, one in zip(parts, (now, before), strict=True)
    )
    reach = float(special.stdtrit(freedom, (1 + level) / 2)) * sqrt(sum(parts))
    middle = now.total / now.of - before.total / before.of
    return Interval(middle - reach, middle + reach, level=level, method="Welch")


def sequence_interval(
    now: Sums, before: Sums, *, expected: float, level: float = 0.95
) -> Interval | Unknown:
    """Return an interval of `now - before` that is right however often one looks.

    A mixture of normal effects as large as `expected` is held against no effect. An earlier group
    that no longer grows does no harm: the estimates' increments stay independent.
    Source: R. Johari, P. Koomen, L. Pekelis and D. Walsh, Always Valid Inference, Operations
            Research 70 (2022), 1806-1821, section 4; H. Robbins, Annals of Mathematical
            Statistics 41 (1970), 1397-1409.
    """
    if min(now.of, before.of) < FEWEST:
        return Unknown("too few to tell")
    error = now.variance / now.of + before.variance / before.of
    if error == 0 or expected == 0:
        return Unknown("all values are the same")
    mixed = expected**2
    beyond = log((error + mixed) / (error * (1 - level) ** 2))
    reach = sqrt(error * (error + mixed) / mixed * beyond)
    middle = now.total / now.of - before.total / before.of
    return Interval(middle - reach, middle + reach, level=level, method="mixture sequence")


@dataclass(frozen=True)
class EValue:
    """The E-value of an estimate, and of the end of its interval that is nearer to no difference.

    Unit: a risk ratio; 1 says that nothing is needed to explain it away.
    """

    ratio: float
    estimate: float
    nearest: float


def e_value(now: Share, before: Share) -> EValue | None:
    """Return the E-value of the ratio of two shares; None where one of them counts nothing.

    Assumptions: the interval of the ratio is that of its logarithm (Katz et al., Biometrics 34
        (1978), 469-474).
    Source: T. J. VanderWeele and P. Ding, Sensitivity analysis in observational research:
        introducing the E-value, Annals of Internal Medicine 167 (2017), 268-274.
    """
    if not (now.of and before.of and now.count and before.count):
        return None
    ratio = (now.count / now.of) / (before.count / before.of)
    error = sqrt(1 / now.count - 1 / now.of + 1 / before.count - 1 / before.of)
    above = ratio if ratio >= 1 else 1 / ratio
    nearest = max(above / exp(LEVEL_Z * error), 1.0)
    return EValue(ratio, _needed(above), _needed(nearest))


def _needed(ratio: float) -> float:
    return ratio + sqrt(ratio * (ratio - 1))
