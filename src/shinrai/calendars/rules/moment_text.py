"""Read moments and pauses as typed; without an offset, they are in the calendar's local time."""

import re
from datetime import UTC, datetime

from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.pauses import Pause
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim

YEARS = range(1900, 2200)
START = verbatim("START")  # as the commands name their arguments
END = verbatim("END")
PAUSE_START = Text("the pause's start")
PAUSE_END = Text("the pause's end")
DATE_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{4}-?W\d{2}(-?\d)?")


class BadCalendarMoment(UserError, ValueError):
    """The text is not a moment, or not a valid pause."""


def read_moment(calendar: Calendar, text: str, what: Text) -> datetime:
    """Return a typed moment in UTC; `what` names the input in error messages.

    A local time that the clocks skip is moved later by the length of the gap.
    Raises: BadCalendarMoment.
    """
    text = text.strip()
    if DATE_ONLY.fullmatch(text):
        raise BadCalendarMoment(
            Text(
                "{what} {text!r} is a date; say the time too, such as {text}T10:00",
                what=what,
                text=text,
            ),
        )
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadCalendarMoment(
            Text(
                "{what} {text!r} is no moment; write one such as 2026-06-03T10:00+09:00",
                what=what,
                text=text,
            ),
        ) from error
    if moment.year not in YEARS:
        raise BadCalendarMoment(
            Text(
                "{what} {text!r} lies outside the years {years} to {years_years}",
                what=what,
                text=text,
                years=YEARS[0],
                years_years=YEARS[-1],
            ),
        )
    return calendar.moment(moment) if moment.tzinfo is None else moment.astimezone(UTC)


def read_pause(calendar: Calendar, text: str) -> Pause:
    """Read a pause: FROM/TO, or FROM/ if it has not ended.

    Raises: BadCalendarMoment.
    """
    begun, slash, over = text.partition("/")
    if not slash or not begun.strip() or "/" in over:
        raise BadCalendarMoment(
            Text("the pause {text!r} is not FROM/TO; write FROM/ while it goes on", text=text),
        )
    start = read_moment(calendar, begun, PAUSE_START)
    if not over.strip():
        return start, None
    end = read_moment(calendar, over, PAUSE_END)
    if end < start:
        raise BadCalendarMoment(
            Text("the pause {text!r} ends before it starts; swap its moments", text=text),
        )
    return start, end
