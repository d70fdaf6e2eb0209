"""An interval: two ends, its level, and the method that computed it."""

from dataclasses import dataclass
from statistics import NormalDist

STANDARD_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """The two ends of an estimate, with its level and the method that computed it."""

    low: float
    high: float
    level: float
    method: str


def two_sided_z(level: float) -> float:
    """Return the normal quantile with half of (1 - level) above it.

    Raises: ValueError unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level of {level} cannot be; give one between 0 and 1, such as 0.95")
    return STANDARD_NORMAL.inv_cdf((1 + level) / 2)
