"""Moments and pauses as people type them: without an offset, on the calendar's own clocks."""

import re
from datetime import UTC, datetime

from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.pauses import Pause

YEARS = range(1900, 2200)
DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}(-?\d)?")


class BadMoment(ValueError):
    """A text that names no moment, or a pause that cannot be."""


def read_moment(calendar: Calendar, text: str, what: str) -> datetime:
    """Read one moment, in UTC; `what` says which, for whoever has to mend it.

    A time the calendar's clocks skip moves forward by the gap, as it does everywhere here.
    Raises: BadMoment.
    """
    text = text.strip()
    if DATE_ONLY.fullmatch(text):
        raise BadMoment(f"{what} {text!r} is a date; say the time too, such as {text}T10:00")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadMoment(
            f"{what} {text!r} is no moment; write one such as 2026-06-03T10:00+09:00"
        ) from error
    if moment.year not in YEARS:
        raise BadMoment(f"{what} {text!r} lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return calendar.moment(moment) if moment.tzinfo is None else moment.astimezone(UTC)


def read_pause(calendar: Calendar, text: str) -> Pause:
    """Read a pause, FROM/TO, or FROM/ while it goes on.

    Raises: BadMoment.
    """
    begun, slash, over = text.partition("/")
    if not slash or not begun.strip() or "/" in over:
        raise BadMoment(f"the pause {text!r} is not FROM/TO; write FROM/ while it goes on")
    start = read_moment(calendar, begun, "the pause's start")
    if not over.strip():
        return start, None
    end = read_moment(calendar, over, "the pause's end")
    if end < start:
        raise BadMoment(f"the pause {text!r} ends before it starts; swap its moments")
    return start, end
