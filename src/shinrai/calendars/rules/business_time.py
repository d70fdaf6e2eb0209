"""Business time for single moments, computed date by date, exactly as it is defined.

`rules.arrays` computes the same for whole arrays; both give equal results for every input.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from shinrai.calendars.rules.days import (
    SEARCH_DAYS,
    SEARCH_YEARS,
    NothingOpen,
    days_between,
    days_since,
    days_until,
    open_day,
    subtract,
)
from shinrai.calendars.rules.hours import DAY, Calendar, OpenDay, Span
from shinrai.calendars.rules.pauses import NEVER, Pause, union
from shinrai.calendars.rules.time_zone import wall_plus
from shinrai.units.errors import Misuse
from shinrai.units.moments import NaiveMoment
from shinrai.units.text import Text

NONE = timedelta()
SECOND = timedelta(seconds=1)


class NegativeTarget(Misuse, ValueError):
    """A target is below zero."""


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Tell whether the desk is open at a moment; at the moment of closing it is not."""
    return any(start <= at < end for start, end in segments(calendar, at, at + SECOND))


def segments(calendar: Calendar, start: datetime, end: datetime) -> tuple[Span, ...]:
    """List the open spans in [start, end), each part of one business day."""
    return tuple(
        (max(start, opens), min(end, closes))
        for day in days_between(calendar, start, end)
        for opens, closes in day.spans
        if max(start, opens) < min(end, closes)
    )


def elapsed(
    calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Pause] = ()
) -> timedelta:
    """Return the open time in [start, end), less all pauses; zero if reversed or empty.

    Unit: real time; a 00:00-08:00 shift has 7 h in the night in which clocks go forward.
    """
    start, end = _utc(start), _utc(end)
    paused = union(pauses)
    return sum(
        (
            closes - opens
            for open_from, open_to in segments(calendar, start, end)
            for opens, closes in subtract(open_from, open_to, paused)
        ),
        NONE,
    )


def effective(calendar: Calendar, at: datetime) -> datetime:
    """Return when a case counts as received (受付扱い日時): at once if open, else the next opening.

    Raises: NothingOpen.
    """
    return next(_spans_since(calendar, _utc(at)))[0]


def effective_on(calendar: Calendar, at: datetime) -> date:
    """Return the business day on which a moment counts, which is day 0.

    Raises: NothingOpen.
    """
    return next(days_since(calendar, _utc(at))).on


def due(
    calendar: Calendar,
    start: datetime,
    seconds: int | timedelta,
    pauses: Iterable[Pause] = (),
) -> datetime | None:
    """Return the first moment by which this much open, unpaused time has passed since the start.

    If that is exactly a close, the close; for 0 seconds, the first moment the clock runs.
    None if a pause that began before then has not ended.
    Raises: NegativeTarget, NothingOpen.
    """
    left = _target(seconds)
    paused = union(pauses)
    for opens, closes in _spans_since(calendar, _utc(start)):
        for runs, stops in subtract(opens, closes, paused):
            if left <= stops - runs:
                return runs + left
            left -= stops - runs
        if _is_paused_for_good(paused, closes):
            return None
    raise AssertionError("days_since never ends in silence")


def due_by_close(
    calendar: Calendar, at: datetime, days: int, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return the close of the n-th counted business day after the effective day (n営業日以内).

    The effective day is day 0. A day counts only if no pause touches its last open second. For
    n = 0 it is the first counted close from day 0 on.
    None if a pause that began before that close has not ended.
    Raises: NegativeTarget, NothingOpen.
    """
    _no_fewer_than_none(days)
    at = _utc(at)
    paused = union(pauses)
    left = max(days, 1)
    for number, day in enumerate(days_since(calendar, at)):
        if _is_paused_for_good(paused, day.close):
            return None
        if number == 0 and days:
            continue
        left -= _counts(day, paused)
        if not left:
            return day.close
    raise AssertionError("days_since never ends in silence")


def due_same_time(
    calendar: Calendar, at: datetime, days: int, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """Return the same time of day n business days later, or the next moment the clock runs.

    Day 0 is the business day the moment belongs to if the desk is open, else its local date. The
    days before the n-th count as in `due_by_close`, and so does the n-th, unless the due moment is
    before its close. None if a pause that began before the due moment has not ended.
    Raises: NegativeTarget, NothingOpen.
    """
    _no_fewer_than_none(days)
    paused = union(pauses)
    if not days:
        return due(calendar, at, 0, paused)
    day_0, passed = _clock_time(calendar, at)
    left = days
    for day in _days_after(calendar, day_0):
        if left == 1:
            moment = due(calendar, _in_local_time(calendar, day.on, passed), 0, paused)
            if moment is None or moment < day.close or _counts(day, paused):
                return moment
        elif _is_paused_for_good(paused, day.close):
            return None
        left -= _counts(day, paused)
    raise _too_few_days(days, day_0)


def before(calendar: Calendar, end: datetime, seconds: int | timedelta) -> datetime:
    """Return the last moment from which this much open time passes until the end.

    If that is exactly an opening, the opening; for 0 seconds, the last open moment.
    Raises: NegativeTarget, NothingOpen.
    """
    left = _target(seconds)
    end = _utc(end)
    for day in days_until(calendar, end):
        for opens, closes in reversed(day.spans):
            until = min(end, closes)
            if opens < until and left <= until - opens:
                return until - left
            left -= max(until - opens, NONE)
    raise AssertionError("days_until never ends in silence")


def before_days(calendar: Calendar, at: datetime, days: int) -> datetime:
    """Return the same time of day n business days earlier, moved back into open time.

    Raises: NegativeTarget, NothingOpen.
    """
    _no_fewer_than_none(days)
    on, passed = _clock_time(calendar, at)
    if days:
        earlier = (day for day in days_until(calendar, _utc(at)) if day.on < on)
        on = next(islice(earlier, days - 1, None)).on
    return before(calendar, _in_local_time(calendar, on, passed), 0)


def business_dates(calendar: Calendar, from_: date, count: int) -> tuple[date, ...]:
    """List the first `count` business days on or after a date.

    Raises: NothingOpen if there are fewer within 10 years.
    """
    found = tuple(day.on for day in islice(_days_after(calendar, from_ - DAY), count))
    if len(found) < count:
        raise _too_few_days(count, from_)
    return found


def _too_few_days(count: int, on: date) -> NothingOpen:
    return NothingOpen(
        Text(
            "no {count} business days within {search_years} years after {on}; ask for "
            "fewer, or look at the calendar's hours and closed days",
            count=count,
            search_years=SEARCH_YEARS,
            on=on,
        ),
    )


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise NaiveMoment(f"{at.isoformat()} carries no zone; give one, such as +09:00")
    return at.astimezone(UTC)


def _target(seconds: int | timedelta) -> timedelta:
    target = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
    if target < NONE:
        raise NegativeTarget(f"a target of {target.total_seconds():g} s cannot be; give 0 or more")
    return target


def _no_fewer_than_none(days: int) -> None:
    if days < 0:
        raise NegativeTarget(f"a target of {days} business days cannot be; give 0 or more")


def _spans_since(calendar: Calendar, at: datetime) -> Iterator[Span]:
    for day in days_since(calendar, at):
        for opens, closes in day.spans:
            if closes > at:
                yield max(opens, at), closes


def _counts(day: OpenDay, paused: tuple[Span, ...]) -> bool:
    last_second = day.close - SECOND
    return not any(start < day.close and end > last_second for start, end in paused)


def _is_paused_for_good(paused: tuple[Span, ...], by: datetime) -> bool:
    return bool(paused) and paused[-1][1] == NEVER and paused[-1][0] < by


def _clock_time(calendar: Calendar, at: datetime) -> tuple[date, timedelta]:
    """Return the date a moment belongs to, and its local time since 00:00 of that date."""
    local = calendar.local(at)
    owner = next(
        (day.on for day in days_between(calendar, at, at + SECOND) if _owns(day, at)), None
    )
    on = owner or local.date()
    return on, local.replace(tzinfo=None) - datetime.combine(on, time.min)


def _owns(day: OpenDay, at: datetime) -> bool:
    return any(opens <= at < closes for opens, closes in day.spans)


def _in_local_time(calendar: Calendar, on: date, passed: timedelta) -> datetime:
    version = calendar.version_on(on) or calendar.versions[0]
    return wall_plus(version.zone, on, passed)


def _days_after(calendar: Calendar, on: date) -> Iterator[OpenDay]:
    for ahead in range(1, SEARCH_DAYS):
        if day := open_day(calendar, on + ahead * DAY):
            yield day
