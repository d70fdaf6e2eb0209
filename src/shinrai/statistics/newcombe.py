"""How far two shares of different people differ: Newcombe's hybrid score interval."""

from math import sqrt

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown


def newcombe(first: Share, second: Share, level: float = 0.95) -> Interval | Unknown:
    """Give the interval of `first - second`, two shares of people who are not the same.

    Source: R. G. Newcombe, Interval estimation for the difference between independent
            proportions, Statistics in Medicine 17 (1998), 873-890, method 10.
    """
    one = wilson(first.count, first.of, level)
    other = wilson(second.count, second.of, level)
    if isinstance(one, Unknown) or isinstance(other, Unknown):
        return Unknown("one of the two has nothing to count")
    p1, p2 = first.count / first.of, second.count / second.of
    return Interval(
        low=p1 - p2 - sqrt((p1 - one.low) ** 2 + (other.high - p2) ** 2),
        high=p1 - p2 + sqrt((one.high - p1) ** 2 + (p2 - other.low) ** 2),
        level=level,
        method="Newcombe hybrid score",
    )
