"""Effective moments, next-business-day closes and business time of replies, for whole columns."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np

from shinrai.calendars.rules.arrays import due_by_close_array, effective_array, elapsed_array
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.timetable import BeyondHorizon, Ints, Timetable, compile_calendar
from shinrai.units.moments import epoch_us

NONE: Final = np.iinfo(np.int64).min  # there is no such moment
REACH_YEARS: Final = 2  # beyond the last moment: the next business day never lies further
SECOND_US: Final = 1_000_000
FIRST_YEAR, LAST_YEAR = 1950, 2150  # a cell that names another year is a slip, not a moment


@dataclass(frozen=True)
class BusinessColumns:
    """Business time of receipts and first replies, row by row.

    Unit:  moments in microseconds, `open_s` in seconds; NONE where there is none.
    """

    effective_us: Ints
    due_us: Ints
    open_s: Ints


def around_the_clock(zone: str) -> Calendar:
    """Return the calendar of a desk that never closes."""
    days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    return read_calendar({"zone": zone, "weekly": {day: ["00:00-24:00"] for day in days}})


def years_of(moments: Iterable[datetime]) -> tuple[int, int]:
    """Return the first and last year a calendar must be compiled for to cover these moments."""
    years = [at.year for at in moments if FIRST_YEAR <= at.year <= LAST_YEAR] or [2000]
    return min(years) - 1, max(years) + REACH_YEARS


def timetable_of(calendar: Calendar, years: tuple[int, int]) -> Timetable:
    """Compile whole years of a calendar, both included."""
    return compile_calendar(calendar, date(years[0], 1, 1), date(years[1], 12, 31))


def business_columns(
    timetable: Timetable,
    received: Sequence[datetime | None],
    replied: Sequence[datetime | None],
) -> BusinessColumns:
    """Compute the business time of receipts and first replies, row by row.

    If the calendar does not cover a row (its first version begins later, or it never opens again),
    the row has no business time.
    """
    received_us, replied_us = _column(received, timetable), _column(replied, timetable)
    try:
        return _computed(timetable, received_us, replied_us)
    except BeyondHorizon:
        rows = [
            _one(timetable, received_us[n : n + 1], replied_us[n : n + 1])
            for n in range(len(received_us))
        ]
        return BusinessColumns(
            np.concatenate([row.effective_us for row in rows]),
            np.concatenate([row.due_us for row in rows]),
            np.concatenate([row.open_s for row in rows]),
        )


def _one(timetable: Timetable, received_us: Ints, replied_us: Ints) -> BusinessColumns:
    try:
        return _computed(timetable, received_us, replied_us)
    except BeyondHorizon:
        nothing = np.full(1, NONE, np.int64)
        return BusinessColumns(nothing, nothing, nothing)


def _computed(timetable: Timetable, received_us: Ints, replied_us: Ints) -> BusinessColumns:
    effective = np.full(len(received_us), NONE, np.int64)
    due, open_s = effective.copy(), effective.copy()
    has = received_us != NONE
    effective[has] = effective_array(timetable, received_us[has])
    due[has] = due_by_close_array(timetable, received_us[has], 1)
    both = has & (replied_us != NONE)
    open_s[both] = elapsed_array(timetable, received_us[both], replied_us[both]) // SECOND_US
    return BusinessColumns(effective, due, open_s)


def _column(moments: Sequence[datetime | None], timetable: Timetable) -> Ints:
    found = np.array([NONE if at is None else epoch_us(at) for at in moments], np.int64)
    return np.where((found < timetable.lower) | (found > timetable.upper), NONE, found)
