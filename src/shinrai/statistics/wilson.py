"""How far a share of few tickets can be from the truth: Wilson's score interval."""

from math import sqrt

from shinrai.statistics.interval import Interval, two_sided_z
from shinrai.units.unknown import Unknown


def wilson(count: int, of: int, level: float = 0.95) -> Interval | Unknown:
    """Give the score interval of a share, without continuity correction.

    Raises: ValueError unless 0 <= count <= of.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference,
            JASA 22 (1927), 209-212; method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998),
            857-872, whose table is frozen in the tests.
    """
    if not 0 <= count <= of:
        raise ValueError(f"a share of {count} in {of} cannot be")
    if of == 0:
        return Unknown("nothing to count")
    z = two_sided_z(level)
    centre = 2 * count + z * z
    spread = z * sqrt(z * z + 4 * count * (of - count) / of)
    scale = 2 * (of + z * z)
    # Where the ends are 0 and 1 by algebra, rounding must not say 2e-17.
    low = 0.0 if count == 0 else (centre - spread) / scale
    high = 1.0 if count == of else (centre + spread) / scale
    return Interval(low=low, high=high, level=level, method="Wilson")
