"""Windows: the period an objective is judged over, aligned to a calendar or rolling."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from shinrai.calendars.rules.time_zone import wall_to_utc, zone_named
from shinrai.objectives.rules.durations import Duration
from shinrai.units.moments import NaiveMoment

MONTHS = {"M": 1, "Q": 3, "Y": 12}
DAYS = {"d": 1, "w": 7}


@dataclass(frozen=True)
class CalendarWindow:
    """Consecutive windows of one length in local time, counted from `start_local` both ways."""

    length: Duration
    start_local: datetime
    zone: str


@dataclass(frozen=True)
class RollingWindow:
    """The last so many days before any moment."""

    days: int

    @property
    def span(self) -> timedelta:
        """Return its length; each of its days is 24 hours."""
        return timedelta(days=self.days)


Window = CalendarWindow | RollingWindow


@dataclass(frozen=True)
class WindowSpan:
    """One window, [start, end), and whether it is over at the moment asked about.

    A rolling window ends at that moment, so it is always over.
    """

    start: datetime
    end: datetime
    finished: bool

    def holds(self, at: datetime) -> bool:
        """Return whether a moment lies in it."""
        return self.start <= at < self.end

    @property
    def days(self) -> float:
        """Return its length in days of 24 hours."""
        return (self.end - self.start) / timedelta(days=1)


def window_at(window: Window, at: datetime) -> WindowSpan:
    """Return the window a moment lies in; of a rolling one, the window that ends at the moment.

    Raises: NaiveMoment.
    """
    if at.tzinfo is None:
        raise NaiveMoment(f"{at.isoformat()} carries no zone; give one, such as +09:00")
    if isinstance(window, RollingWindow):
        return WindowSpan(at - window.span, at, finished=True)
    number = _number_at(window, at)
    return WindowSpan(_start(window, number), _start(window, number + 1), finished=False)


def last_finished(window: CalendarWindow, at: datetime) -> WindowSpan:
    """Return the last window that ended at or before a moment."""
    number = _number_at(window, at) - 1
    return WindowSpan(_start(window, number), _start(window, number + 1), finished=True)


def windows_between(
    window: CalendarWindow, start: datetime, end: datetime, *, at: datetime
) -> Iterator[WindowSpan]:
    """Yield the windows that overlap [start, end), in order, each finished or not at a moment."""
    number = _number_at(window, start)
    opens = _start(window, number)
    while opens < end:
        number += 1
        closes = _start(window, number)
        yield WindowSpan(opens, closes, finished=closes <= at)
        opens = closes


def _number_at(window: CalendarWindow, at: datetime) -> int:
    """Return the number of the window a moment lies in; the aligned one is number 0."""
    local = at.astimezone(zone_named(window.zone)).replace(tzinfo=None)
    first, unit = window.start_local, window.length.unit
    if unit in DAYS:
        number = (local - first) // timedelta(days=DAYS[unit] * window.length.count)
    else:
        months = (local.year - first.year) * 12 + local.month - first.month
        number = months // (MONTHS[unit] * window.length.count)
    while _start(window, number) > at:
        number -= 1
    while _start(window, number + 1) <= at:
        number += 1
    return number


def _start(window: CalendarWindow, number: int) -> datetime:
    """Return when window `number` opens, always counted from the aligned one.

    So a window aligned to the 31st opens on the last day of shorter months, and on the 31st again.
    """
    first, unit = window.start_local, window.length.unit
    if unit in DAYS:
        local = first + timedelta(days=DAYS[unit] * window.length.count * number)
    else:
        months = first.month - 1 + MONTHS[unit] * window.length.count * number
        year, month = first.year + months // 12, months % 12 + 1
        local = first.replace(
            year=year, month=month, day=min(first.day, monthrange(year, month)[1])
        )
    return wall_to_utc(window.zone, local)
