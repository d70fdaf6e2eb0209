"""Which contracts are compared by when they end: their first whole month, and their plans."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from shinrai.revenue.rules.contracts import month_end

HABIT = "active_days"
DAYS_MORE = 5
PLAN = "plan: "
OTHERS = "other plans"
FEWEST_OF_PLAN = 20  # contracts of fewer are compared together, as other plans


@dataclass(frozen=True)
class ComparedPlans:
    """The plan that the others are compared with, and those others by name."""

    reference: str
    large: tuple[str, ...]
    has_small: bool

    @property
    def names(self) -> list[str]:
        """Return the names of what is compared with the reference."""
        return [f"{PLAN}{name}" for name in self.large] + [OTHERS] * self.has_small

    def name_of(self, plan: str) -> str | None:
        """Return as what a plan is compared; None if it is the reference itself."""
        if plan == self.reference:
            return None
        return f"{PLAN}{plan}" if plan in self.large else OTHERS


def compared_plans(plans: Counter[str]) -> ComparedPlans:
    """Return how plans are compared: the most frequent one is the reference."""
    if not plans:
        return ComparedPlans("", (), has_small=False)
    (reference, _count), *others = plans.most_common()
    large = tuple(name for name, count in others if count >= FEWEST_OF_PLAN)
    return ComparedPlans(reference, large, has_small=len(large) < len(others))


def first_whole_month(days: tuple[date, date | None], today: date) -> date | None:
    """Return the first month that lies whole within the days and is over; None if there is none."""
    since, until = days
    month = since if since.day == 1 else month_end(since) + timedelta(days=1)
    after = month_end(month) + timedelta(days=1)
    return month if after <= min(until or today, today) else None
