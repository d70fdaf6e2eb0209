"""Power: how likely a comparison of two groups finds an effect, and how long until it does."""

from collections.abc import Callable
from math import sqrt
from typing import Final

from shinrai.statistics.interval import STANDARD_NORMAL, two_sided_z

ENOUGH: Final = 0.8
MOST_WEEKS: Final = 520  # ten years: nobody waits longer


def power_of_shares(
    share: float, effect: float, sizes: tuple[float, float], *, level: float = 0.95
) -> float:
    """Return the chance to find that a share has moved by `effect`, between two groups.

    Source: J. L. Fleiss, B. Levin and M. C. Paik, Statistical Methods for Rates and Proportions,
            3rd ed. (2003), section 4.2, without continuity correction; R's `power.prop.test`.
    """
    other = min(max(share + effect, 0.0), 1.0)
    first, second = sizes
    pooled = (share * first + other * second) / (first + second)
    apart = sqrt(share * (1 - share) / first + other * (1 - other) / second)
    together = sqrt(pooled * (1 - pooled) * (1 / first + 1 / second))
    beyond = abs(other - share) - two_sided_z(level) * together
    if apart == 0:
        return float(beyond > 0)
    return STANDARD_NORMAL.cdf(beyond / apart)


def power_of_means(
    deviation: float, effect: float, sizes: tuple[float, float], *, level: float = 0.95
) -> float:
    """Return the chance to find that a mean has moved by `effect`, given the standard deviation.

    Source: J. Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988),
            section 2.2, by the normal distribution.
    """
    error = deviation * sqrt(1 / sizes[0] + 1 / sizes[1])
    if error == 0:
        return float(effect != 0)
    return STANDARD_NORMAL.cdf(abs(effect) / error - two_sided_z(level))


def weeks_needed(power: Callable[[int], float], *, enough: float = ENOUGH) -> int | None:
    """Return after how many weeks a power is enough; None if not within ten years.

    `power(weeks)` rises with the weeks.
    """
    low, high = 0, MOST_WEEKS + 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= enough else (middle, high)
    return high if high <= MOST_WEEKS else None
