"""The exact open times of each business day.

A day owns the hours that begin on its date, even those after the next midnight.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from shinrai.calendars.rules.hours import (
    DAY,
    Calendar,
    CalendarVersion,
    OpenDay,
    OpenInterval,
    Span,
)
from shinrai.calendars.rules.time_zone import has_date, wall_plus
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# A shift may last into the next date, and the clocks of two zones lie up to 26 h apart: no
# hours reach further than this many dates.
REACH = 4
SEARCH_YEARS = 10
SEARCH_DAYS = 1 + 365 * SEARCH_YEARS + 3
Cut = tuple[datetime, datetime, str]


class NothingOpen(UserError, LookupError):
    """There is not enough open time within the years that are searched."""


def open_day(calendar: Calendar, on: date) -> OpenDay | None:
    """Return the open times of a business day; None if the date has none.

    No moment belongs to two days. What an earlier day owns already (because clocks went forward, or
    the next version has another time zone) is left out, so days never overlap.
    """
    days = calendar.memory.days
    if on not in days:
        earlier = (end for back in range(1, REACH) for _, end in _spans(calendar, on - back * DAY))
        spans = tuple(_unowned(_spans(calendar, on), max(earlier, default=None)))
        days[on] = OpenDay(on, spans) if spans else None
    return days[on]


def days_since(calendar: Calendar, at: datetime) -> Iterator[OpenDay]:
    """Yield the business days that close after a moment, in order, for 10 years.

    Raises: NothingOpen after the last of them.
    """
    on = calendar.local(at).date()
    for ahead in range(-REACH, SEARCH_DAYS):
        day = open_day(calendar, on + ahead * DAY)
        if day and day.close > at:
            yield day
    raise nothing_open(on, Text("after"))


def days_until(calendar: Calendar, at: datetime) -> Iterator[OpenDay]:
    """Yield the business days that open before a moment, the latest first, for 10 years.

    Raises: NothingOpen after the last of them.
    """
    on = calendar.local(at).date()
    for back in range(-REACH, SEARCH_DAYS):
        day = open_day(calendar, on - back * DAY)
        if day and day.opening < at:
            yield day
    raise nothing_open(on, Text("before"))


def days_between(calendar: Calendar, start: datetime, end: datetime) -> Iterator[OpenDay]:
    """Yield the business days with open time in a time span of any length, in order."""
    on = calendar.local(start).date() - REACH * DAY
    last = calendar.local(end).date() + REACH * DAY
    while on <= last:
        day = open_day(calendar, on)
        if day and day.close > start and day.opening < end:
            yield day
        on += DAY


def cuts_near(calendar: Calendar, on: date) -> list[Cut]:
    """List the breaks and timed events around a date, in order: from, to, and name or ""."""
    cuts: list[Cut] = []
    for days in range(-2, 3):
        near = on + days * DAY
        version = calendar.version_on(near)
        if version and near in version.breaks and has_date(version.zone, near):
            cuts.extend(
                (*_wall_span(version.zone, near, hours), "") for hours in version.breaks[near]
            )
    for version in calendar.versions:
        cuts.extend(_timed_events(calendar, version, on))
    return sorted(cut for cut in cuts if cut[0] < cut[1])


def _timed_events(calendar: Calendar, version: CalendarVersion, on: date) -> Iterator[Cut]:
    for events in (version.holidays.events, version.closed.events):
        for year in sorted({(on - 2 * DAY).year, on.year, (on + 2 * DAY).year}):
            for start, end, name in events.spans(year):
                if calendar.version_at(start) is version:
                    yield start, end, name


def _spans(calendar: Calendar, on: date) -> tuple[Span, ...]:
    known = calendar.memory.spans
    if on not in known:
        known[on] = tuple(_spans_of(calendar, on))
    return known[on]


def _spans_of(calendar: Calendar, on: date) -> Iterator[Span]:
    planned = planned_spans(calendar, on)
    cuts = [(cut[0], cut[1]) for cut in cuts_near(calendar, on)] if planned else []
    for start, end in planned:
        yield from subtract(start, end, cuts)


def planned_spans(calendar: Calendar, on: date) -> tuple[Span, ...]:
    """Return the open times of a date in UTC, before breaks are taken out."""
    version = calendar.version_on(on)
    intervals = version.intervals_on(on) if version else ()
    if not version or not intervals or not has_date(version.zone, on):
        return ()
    spans = sorted(_wall_span(version.zone, on, hours) for hours in intervals)
    return tuple(_unowned(spans, None))


def _wall_span(zone: str, on: date, hours: OpenInterval) -> Span:
    return (
        wall_plus(zone, on, timedelta(seconds=hours.from_s)),
        wall_plus(zone, on, timedelta(seconds=hours.to_s)),
    )


def _unowned(spans: Iterable[Span], reached: datetime | None) -> Iterator[Span]:
    """Shorten spans so that none begins before the end of those before it."""
    for start, end in spans:
        begins = start if reached is None else max(start, reached)
        if begins < end:
            yield begins, end
            reached = end


def subtract(start: datetime, end: datetime, cuts: Iterable[Span]) -> Iterator[Span]:
    """Yield the parts of a span outside the cuts, which are in order of their start."""
    for cut_from, cut_to in cuts:
        if cut_to <= start or cut_from >= end:
            continue
        if start < cut_from:
            yield start, cut_from
        start = max(start, cut_to)
    if start < end:
        yield start, end


def nothing_open(on: date, side: Text) -> NothingOpen:
    """Return the error that no open time was found, with how far was searched."""
    return NothingOpen(
        Text(
            "no answer within {years} years {side} {on}: that far was searched; look at the "
            "calendar's hours, closed days and versions, and at how much time was asked for",
            years=SEARCH_YEARS,
            side=side,
            on=on,
        )
    )
