"""Events of iCalendar files: whole days or timed, repeated, and changed.

**Source:** RFC 5545 §3.6.1, §3.8; RFC 5546 §2.1.5 for which version of an event is the newest.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cached_property

from shinrai.calendars.rules.icalendar import EARLIEST, moment_of
from shinrai.calendars.rules.recurrence import DAY, RecurrenceRule

NEVER, ALWAYS = (datetime.combine(on, time.min) for on in (date.min, date.max))
YEARS = range(EARLIEST, 9000)


@dataclass(frozen=True)
class CalendarEvent:
    """A calendar event, or the part of a repeating one between two changes.

    Times are in `zone`. `since` (included) and `before` (excluded) bound the part by its original
    start times; `moved` is how far the part is shifted.
    """

    name: str
    start: datetime
    length: timedelta
    whole_days: bool
    zone: tzinfo
    rules: tuple[RecurrenceRule, ...] = ()
    excluded: tuple[RecurrenceRule, ...] = ()
    added: tuple[datetime, ...] = ()
    removed: frozenset[date | datetime] = frozenset()  # dates, and moments in UTC
    since: datetime = NEVER
    before: datetime = ALWAYS
    moved: timedelta = timedelta()

    def starts(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """Yield its start times between two local times, both included, in order."""
        first, last = max(first - self.moved, self.since), last - self.moved
        begun = {at for at in (self.start, *self.added) if first <= at <= last}
        for rule in self.rules:
            begun.update(rule.local_times(self.start, first, last))
        for rule in self.excluded:
            begun.difference_update(rule.local_times(self.start, first, last))
        yield from (
            at + self.moved for at in sorted(begun) if at < self.before and not self._is_off(at)
        )

    def _is_off(self, wall: datetime) -> bool:
        removed = self.removed
        return bool(removed) and (wall.date() in removed or moment_of(wall, self.zone) in removed)

    @property
    def last_start(self) -> datetime | None:
        """Return its last start time; None if it repeats without an end."""
        ends = [min(rule.until or ALWAYS, self.before) for rule in self.rules]
        if ALWAYS in ends:
            return None
        last = max([self.start, *self.added, *ends])
        return max(self.starts(last - 800 * DAY, last), default=last)


@dataclass(frozen=True)
class Events:
    """All events of one or more files."""

    events: tuple[CalendarEvent, ...] = ()
    _days: dict[int, dict[date, str]] = field(default_factory=dict, compare=False, repr=False)
    _spans: dict[int, list[tuple[datetime, datetime, str]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    def day_named(self, on: date) -> str | None:
        """Return the name of the whole-day event on a date, or None."""
        if not self.events:
            return None
        if on.year not in self._days:
            self._days[on.year] = self._days_of(on.year)
        return self._days[on.year].get(on)

    def spans(self, year: int) -> list[tuple[datetime, datetime, str]]:
        """List the timed events that overlap a year: start and end in UTC, and name."""
        if not self.events:
            return []
        if year not in self._spans:
            self._spans[year] = list(self._spans_of(year))
        return self._spans[year]

    @cached_property
    def last_on(self) -> date | None:
        """Return the last date of any event; None if there is none, or if one repeats forever."""
        last: date | None = None
        for event in self.events:
            if (at := event.last_start) is None:
                return None
            ends = at + max(event.length - timedelta.resolution, timedelta())
            last = max(last or ends.date(), ends.date())
        return last

    def _days_of(self, year: int) -> dict[date, str]:
        days: dict[date, str] = {}
        for event in self.events:
            if not event.whole_days or year not in YEARS:
                continue
            first, last = local_of(date(year, 1, 1)), local_of(date(year, 12, 31))
            on = first
            for start in event.starts(first - event.length, last):
                on = max(start, on)  # where it overlaps itself, each day is looked at once
                while on < min(start + event.length, last + DAY):
                    days.setdefault(on.date(), event.name)
                    on += DAY
        return days

    def _spans_of(self, year: int) -> Iterator[tuple[datetime, datetime, str]]:
        for event in self.events:
            if event.whole_days or not event.length or year not in YEARS:
                continue
            # Two days more on each side: wall time of another zone may lie in the next year.
            first, last = (
                local_of(date(year, 1, 1)) - 2 * DAY,
                local_of(date(year, 12, 31)) + 3 * DAY,
            )
            for start in event.starts(first - event.length, last):
                at = moment_of(start, event.zone)
                yield at, at + event.length, event.name


def local_of(at: date | datetime) -> datetime:
    if isinstance(at, datetime):
        return at.replace(tzinfo=None)
    return datetime.combine(at, time.min)
