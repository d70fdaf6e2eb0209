"""What an interval is: two ends, how sure, and by which method."""

from dataclasses import dataclass
from statistics import NormalDist

STANDARD_NORMAL = NormalDist()


@dataclass(frozen=True)
class Interval:
    """Carry the two ends of an estimate with its level and the method that made it."""

    low: float
    high: float
    level: float
    method: str


def two_sided_z(level: float) -> float:
    """Give the normal quantile that leaves half of (1 - level) above it.

    Raises: ValueError unless 0 < level < 1.
    """
    if not 0 < level < 1:
        raise ValueError(f"a level of {level} cannot be; give one between 0 and 1, such as 0.95")
    return STANDARD_NORMAL.inv_cdf((1 + level) / 2)
