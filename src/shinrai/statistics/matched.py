"""Two answers of the same persons: McNemar's test, and the difference of two matched shares."""

from dataclasses import dataclass
from math import sqrt

from shinrai.statistics.interval import Interval, two_sided_z
from shinrai.units.unknown import Unknown

LARGE = 100  # pairs from which the plain interval holds; below it, an adjusted one


@dataclass(frozen=True)
class MatchedShares:
    """Counts of pairs: yes both times, before alone, after alone, never."""

    both: int
    before: int
    after: int
    never: int

    @property
    def n(self) -> int:
        """Return the number of pairs."""
        return self.both + self.before + self.after + self.never

    @property
    def chi_square(self) -> float | Unknown:
        """Return McNemar's statistic, without continuity correction; 1 degree of freedom.

        Source: Q. McNemar, Note on the sampling error of the difference between correlated
                proportions or percentages, Psychometrika 12 (1947), 153-157.
        """
        changed = self.before + self.after
        return (self.before - self.after) ** 2 / changed if changed else Unknown("nobody changed")

    @property
    def interval(self) -> Interval | Unknown:
        """Return the interval of the share after less the share before."""
        return multinomial_difference(self.after, self.before, self.n)


def standard_error(more: float, less: float, n: float) -> float:
    """Return the standard error of (more - less) / n, two exclusive parts of one sample of n."""
    return sqrt(max(0.0, more + less - (more - less) ** 2 / n)) / n


def multinomial_difference(more: int, less: int, n: int, level: float = 0.95) -> Interval | Unknown:
    """Return the interval of (more - less) / n: of matched shares, or promoters and detractors.

    Below 100, and where the plain one would have no width, one is added to either part.
    Source: D. G. Bonett and R. M. Price, Adjusted Wald confidence interval for a difference of
            binomial proportions based on paired data, Journal of Educational and Behavioral
            Statistics 37 (2012), 479-488.
    """
    if n == 0:
        return Unknown("nothing to count")
    is_large = n >= LARGE and standard_error(more, less, n) > 0
    a, b, of = (more, less, n) if is_large else (more + 1, less + 1, n + 2)
    centre, half = (a - b) / of, two_sided_z(level) * standard_error(a, b, of)
    return Interval(
        max(-1.0, centre - half),
        min(1.0, centre + half),
        level,
        "Wald" if is_large else "adjusted Wald (Bonett and Price)",
    )
