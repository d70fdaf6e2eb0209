"""Score intervals: of a share (Wilson), two shares' difference (Newcombe), a count, two rates."""

from math import inf, sqrt

from shinrai.statistics.interval import Interval, two_sided_z
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown


def wilson(count: int, of: int, level: float = 0.95) -> Interval | Unknown:
    """Return the score interval of a share, without continuity correction.

    Raises: ValueError unless 0 <= count <= of.
    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA
            22 (1927), 209-212; method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998),
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


def newcombe(first: Share, second: Share, level: float = 0.95) -> Interval | Unknown:
    """Return the interval of `first - second`, two shares of independent groups.

    Source: R. G. Newcombe, Interval estimation for the difference between independent proportions,
            Statistics in Medicine 17 (1998), 873-890, method 10.
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


def rate_ratio(now: int, before: int, spans: int, level: float = 0.95) -> Interval | Unknown:
    """Return the interval of how many times as often something comes as in the `spans` before.

    Of all events the share in this span, given their number, is binomial; its score interval
    gives that of the ratio. The upper end is infinite where nothing came before.

    Source: J. Przyborowski and H. Wilenski, Homogeneity of results in testing samples from Poisson
            series, Biometrika 31 (1940), 313-323; the score interval as in P. L. Graham, K.
            Mengersen and A. P. Morton, Statistics in Medicine 22 (2003), 2071-2083.
    """
    share = wilson(now, now + before, level)
    if isinstance(share, Unknown):
        return share
    low, high = (
        inf if part >= 1.0 else part / (1.0 - part) * spans for part in (share.low, share.high)
    )
    return Interval(low=low, high=high, level=level, method="score, given the number of both")


def poisson_count(count: int, level: float = 0.95) -> Interval:
    """Return the score interval of the mean behind a count of events that come by themselves.

    Source: L. Barker, A comparison of nine confidence intervals for a Poisson parameter when the
            expected number of events is <= 5, The American Statistician 56 (2002), 85-89.
    """
    if count < 0:
        raise ValueError(f"a count of {count} cannot be")
    z = two_sided_z(level)
    centre, spread = count + z * z / 2, z * sqrt(count + z * z / 4)
    low = 0.0 if count == 0 else centre - spread
    return Interval(low=low, high=centre + spread, level=level, method="Poisson score")
