"""Twelve months of a calendar: the kind of each date, and dates unlike the weekly hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from shinrai.calendars.rules.day_reasons import DayFacts, FactKind, day_facts
from shinrai.calendars.rules.hours import DAY, Calendar

MONTHS = 12
# What a date is called in a picture: the first of these that made it what it is.
Sort = Literal["holiday", "closed", "dated_hours", "break", "clock_change", "none", "open"]
SORTS: tuple[tuple[FactKind, Sort], ...] = (
    ("holiday", "holiday"),
    ("closed", "closed"),
    ("dated_hours", "dated_hours"),
    ("break", "break"),
    ("clock_change", "clock_change"),
)
TOLD: tuple[FactKind, ...] = ("holiday", "closed", "dated_hours", "break", "clock_change")


@dataclass(frozen=True)
class Month:
    """One month: each date, and why it is or is not a business day."""

    first: date
    days: tuple[DayFacts, ...]


@dataclass(frozen=True)
class Special:
    """Consecutive dates that differ from the weekly hours for the same reason."""

    first: date
    last: date
    day: DayFacts

    @property
    def count(self) -> int:
        return (self.last - self.first).days + 1


def year_of(calendar: Calendar, on: date, months: int = MONTHS) -> tuple[Month, ...]:
    """Return the month of a date and the months after it."""
    number = on.year * 12 + on.month - 1
    firsts = [date(n // 12, n % 12 + 1, 1) for n in range(number, number + months + 1)]
    return tuple(
        Month(
            first, tuple(day_facts(calendar, first + n * DAY) for n in range((after - first).days))
        )
        for first, after in pairwise(firsts)
    )


def sort_of(day: DayFacts) -> Sort:
    """Return the kind of a date: why it differs from the weekly hours, else "open" or "none"."""
    for kind, sort in SORTS:
        if day.has(kind):
            return sort
    return "open" if day.is_business_day else "none"


def specials(months: tuple[Month, ...], since: date) -> tuple[Special, ...]:
    """List the dates from `since` on that differ from the weekly hours, consecutive ones as one."""
    return tuple(_joined(day for month in months for day in month.days if day.on >= since))


def _joined(days: Iterator[DayFacts]) -> Iterator[Special]:
    held: Special | None = None
    for day in days:
        if sort_of(day) in ("open", "none"):
            continue
        if held and held.last + DAY == day.on and _why(held.day) == _why(day):
            held = Special(held.first, day.on, held.day)
            continue
        if held:
            yield held
        held = Special(day.on, day.on, day)
    if held:
        yield held


def _why(day: DayFacts) -> tuple[object, ...]:
    """Return a key that is equal for closed dates with the same reasons and names.

    Each open date has a key of its own.
    """
    if day.is_business_day:
        return (day.on,)  # hours of its own: told by itself
    return tuple((fact.kind, fact.name) for fact in day.facts if fact.kind in TOLD)
