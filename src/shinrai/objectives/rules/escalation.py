"""The escalation policy: four levels, from a likely break to the executives (MEASURES §4)."""

from dataclasses import dataclass
from datetime import datetime
from math import floor
from typing import Literal

from shinrai.objectives.rules.alarms import Alarm
from shinrai.objectives.rules.budget import Budget
from shinrai.units.unknown import Unknown

LIKELY = 0.20
Level = Literal[1, 2, 3, 4]
LEVELS: tuple[Level, ...] = (1, 2, 3, 4)


@dataclass(frozen=True)
class Escalation:
    """For each of the four levels, whether its condition holds, or why that is unknown."""

    likely_to_break: bool | Unknown
    alarmed: bool | Unknown
    spent_30_days: bool | Unknown
    spent_90_days: bool | Unknown

    @property
    def conditions(self) -> tuple[bool | Unknown, ...]:
        """Return the four conditions, level 1 first."""
        return self.likely_to_break, self.alarmed, self.spent_30_days, self.spent_90_days

    @property
    def level(self) -> Level | None:
        """Return the highest level whose condition holds, or None; unknown does not hold."""
        return max(
            (level for level, holds in zip(LEVELS, self.conditions, strict=True) if holds is True),
            default=None,
        )


def escalation(
    *,
    break_probability: float | Unknown,
    alarm: Alarm | Unknown,
    rolling_30: Budget,
    rolling_90: Budget,
    at: datetime,
) -> Escalation:
    """Return which of the four conditions hold; each is judged independently."""
    return Escalation(
        likely_to_break=break_probability
        if isinstance(break_probability, Unknown)
        else break_probability >= LIKELY,
        alarmed=alarm if isinstance(alarm, Unknown) else alarm.stands_at(at),
        spent_30_days=is_spent(rolling_30),
        spent_90_days=is_spent(rolling_90),
    )


def is_spent(budget: Budget) -> bool | Unknown:
    """Return whether the allowed misses are used up: not one whole miss is left.

    If less than one miss is allowed, the first miss uses them up.
    """
    allowed = budget.allowed
    if isinstance(allowed, Unknown):
        return allowed
    if budget.counts.fallen == 0:
        return Unknown("nothing fell due")
    return budget.counts.misses >= max(1, floor(allowed))
