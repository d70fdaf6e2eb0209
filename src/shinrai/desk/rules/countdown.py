"""What a page needs to count business time down by itself: open intervals and thresholds."""

from contextlib import suppress
from datetime import datetime, timedelta

from shinrai.calendars.rules.business_time import elapsed, segments
from shinrai.calendars.rules.days import NothingOpen, days_until
from shinrai.calendars.rules.hours import Calendar

AHEAD = timedelta(days=14)  # so long a page may stay open and be right
SECOND = timedelta(seconds=1)


def open_intervals(calendar: Calendar, at: datetime) -> list[tuple[int, int]]:
    """List the open intervals of the two weeks after a moment, those that touch as one.

    Unit: seconds since 1970 UTC; the time left falls within these, and stands still between them.
    """
    found: list[tuple[int, int]] = []
    for opens, closes in segments(calendar, at, at + AHEAD):
        start, end = int(opens.timestamp()), int(closes.timestamp())
        if found and found[-1][1] == start:
            start = found.pop()[0]
        found.append((start, end))
    return found


def risk_begins(calendar: Calendar, due_at: datetime, usual: timedelta | None) -> timedelta:
    """Return the business time below which what is left of a case is at risk.

    Less than an answer usually takes; where no time is usual, all that is due by the next close:
    the open time of the business day it is due on (`objectives.queries.usual.risk_moments`).
    """
    if usual is not None:
        return usual
    with suppress(NothingOpen):
        day = next(days_until(calendar, due_at))
        return elapsed(calendar, day.opening, due_at) + SECOND
    return timedelta()
