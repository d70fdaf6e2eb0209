"""Explain a due moment: when the start counts, date by date, and which days count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from shinrai.calendars.rules.business_time import (
    due,
    due_by_close,
    due_same_time,
    effective,
    effective_on,
)
from shinrai.calendars.rules.day_reasons import DayFacts, explain_days
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.pauses import Pause
from shinrai.calendars.rules.warnings import CalendarWarning, horizon_warnings
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Unit = Literal["close", "same-time", "hours", "seconds"]
UNITS: tuple[Unit, ...] = get_args(Unit)
HOUR_S = 3600
MOST: dict[Unit, int] = {
    "close": 1_000,
    "same-time": 1_000,
    "hours": 8_000,
    "seconds": 8_000 * HOUR_S,
}


class BadTarget(UserError, ValueError):
    """A target is not a whole number, or is too large."""


@dataclass(frozen=True)
class Target:
    """A number of business days (by close or at the same time), or an amount of open time."""

    number: int
    unit: Unit


@dataclass(frozen=True)
class CountedDay:
    """A date up to the due moment; `number` is its business day (day 0 first) or None."""

    day: DayFacts
    number: int | None


@dataclass(frozen=True)
class DueExplanation:
    """When a start counts and is due, with the dates between."""

    start: datetime
    target: Target
    effective_at: datetime
    due_at: datetime
    zone: str
    days: tuple[CountedDay, ...]
    notes: tuple[CalendarWarning, ...]


def read_target(number: str, unit: str) -> Target:
    """Return the target that a typed number and a unit describe.

    Raises: BadTarget.
    """
    known = unit if unit in UNITS else "close"
    most = MOST[known]
    if not number.isdecimal() or len(number) > 9 or int(number) > most:
        raise BadTarget(
            Text(
                "{number!r} cannot be the target; give a whole number from 0 to {most:,}",
                number=number[:20],
                most=most,
            ),
        )
    return Target(int(number), known)


def explain_due(calendar: Calendar, start: datetime, target: Target) -> DueExplanation:
    """Return when something that starts at a moment is due, and why.

    Raises: NothingOpen.
    """
    due_at = due_moment(calendar, start, target)
    assert due_at is not None  # only a pause that goes on leaves it open, and there is none
    first, last = calendar.local(start).date(), calendar.local(due_at).date()
    effective_at = effective(calendar, start)
    return DueExplanation(
        start=start,
        target=target,
        effective_at=effective_at,
        due_at=due_at,
        zone=calendar.version_at(effective_at).zone,
        days=_counted(calendar, start, due_at, target),
        notes=horizon_warnings(calendar, first, last),
    )


def due_moment(
    calendar: Calendar, start: datetime, target: Target, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return when something is due; None while a pause goes on. Raises: NothingOpen."""
    if target.unit == "close":
        return due_by_close(calendar, start, target.number, pauses)
    if target.unit == "same-time":
        return due_same_time(calendar, start, target.number, pauses)
    seconds = target.number * (HOUR_S if target.unit == "hours" else 1)
    return due(calendar, start, seconds, pauses)


def _counted(
    calendar: Calendar, start: datetime, due_at: datetime, target: Target
) -> tuple[CountedDay, ...]:
    """Number the business days from day 0 on; for targets in open time, none is numbered."""
    days = explain_days(calendar, start, due_at)
    if target.unit in ("hours", "seconds"):
        return tuple(CountedDay(day, None) for day in days)
    day_0 = effective_on(calendar, start)
    found, number = [], -1
    for day in days:
        counts = day.on >= day_0 and day.is_business_day
        number += counts
        found.append(CountedDay(day, number if counts else None))
    return tuple(found)
