"""How precise answers are, on labelled texts that were held back; and how many are missing.

Source: C. J. Clopper and E. S. Pearson, Biometrika 26 (1934), 404-413.
"""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SURENESS: Final = 0.95  # of an end of precision, one-sided


@dataclass(frozen=True)
class HeldBack:
    """Of the texts held back: how many were answered with a topic, and how many rightly."""

    answered: int = 0
    right: int = 0
    threshold: float = 0.95

    @property
    def low(self) -> float:
        """Return the lower end of precision, one-sided, by Clopper and Pearson."""
        return _low_end(self.right, self.answered)

    @property
    def high(self) -> float:
        """Return the upper end of precision, one-sided."""
        return 1 - _low_end(self.answered - self.right, self.answered)

    @property
    def missing(self) -> int:
        """Return how many faultless examples are missing until the interval lies above."""

        def is_enough(more: int) -> bool:
            return _low_end(self.right + more, self.answered + more) >= self.threshold

        if is_enough(0):
            return 0
        above = 1
        while not is_enough(above):
            above *= 2
        return bisect_left(range(above + 1), True, key=is_enough)


def low_ends(right: NDArray[Any], of: NDArray[Any]) -> NDArray[np.float64]:
    """Return the lower end of each share, one-sided; 0 where nothing was right."""
    from scipy.special import betaincinv

    ends = betaincinv(np.maximum(right, 1), of - right + 1, 1 - SURENESS)
    return np.where(right > 0, ends, 0.0)


def _low_end(right: int, of: int) -> float:
    return float(low_ends(np.array([right]), np.array([of]))[0])
