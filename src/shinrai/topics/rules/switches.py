"""The switch of a topic's suggestions: what it needs, what it costs, when it turns itself off.

A switch is offered only where two people agree and the held-back precision lies above the promise.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from shinrai.topics.rules.held_back import HeldBack
from shinrai.units.errors import UserError
from shinrai.units.unknown import Unknown

PROMISE: Final = 0.95
WEEKS: Final = 4  # of which suggestions are counted
YEAR: Final = 52


class SwitchRefused(UserError, ValueError):
    """The topic cannot be switched on yet."""


@dataclass(frozen=True)
class SwitchState:
    """A topic's switch. `agreement`: none, unknown, above or below (its gate).

    `shown` and `overridden` count what people answered since it was last switched on.
    """

    topic: str
    is_on: bool
    why: str
    agreement: str
    held: HeldBack
    shown: int = 0
    overridden: int = 0
    a_week: float = 0.0

    @property
    def missing(self) -> int:
        """Return how many faultless examples are missing."""
        return self.held.missing

    @property
    def may_open(self) -> bool:
        """Return whether it may be switched on."""
        return self.agreement == "above" and not self.missing

    @property
    def overrides_a_week(self) -> float | None:
        """Return how many suggestions people will change in a week; None if nothing was tried."""
        wrong = self.held.answered - self.held.right
        return self.a_week * (wrong + 1) / (self.held.answered + 2) if self.held.answered else None


def must_close(overridden: Sequence[bool], *, a_week: float, promise: float = PROMISE) -> bool:
    """Return whether overrides came too thick for the promise: the same CUSUM as objectives have.

    At most one false alarm a year where the promise is just kept.
    """
    from shinrai.statistics.cusum import cusum_plan, run_cusum

    volume = max(int(a_week * YEAR), len(overridden))
    plan = cusum_plan(Fraction(promise).limit_denominator(1000), volume)
    return not isinstance(plan, Unknown) and bool(run_cusum(plan, list(overridden)).alarms)
