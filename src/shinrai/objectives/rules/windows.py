"""Windows: the stretch of time a promise is judged over, aligned to a calendar or rolling."""

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
    """Windows that tile time on a wall clock, aligned to `start_local`, before and after it."""

    length: Duration
    start_local: datetime
    zone: str


@dataclass(frozen=True)
class RollingWindow:
    """The last so many days, from any moment backwards."""

    days: int

    @property
    def span(self) -> timedelta:
        """Give its length in real time: a day of it is 24 hours."""
        return timedelta(days=self.days)


Window = CalendarWindow | RollingWindow


@dataclass(frozen=True)
class WindowSpan:
    """One window: [start, end), and whether it is over at the moment asked about.

    A rolling window ends at that moment, so all of it has happened: it is always over.
    """

    start: datetime
    end: datetime
    finished: bool

    def holds(self, at: datetime) -> bool:
        """Tell whether a moment lies in it."""
        return self.start <= at < self.end

    @property
    def days(self) -> float:
        """Give its length in days of 24 hours."""
        return (self.end - self.start) / timedelta(days=1)


def window_at(window: Window, at: datetime) -> WindowSpan:
    """Find the window a moment lies in; of a rolling one, the window that ends there.

    Raises: NaiveMoment.
    """
    if at.tzinfo is None:
        raise NaiveMoment(f"{at.isoformat()} carries no zone; give one, such as +09:00")
    if isinstance(window, RollingWindow):
        return WindowSpan(at - window.span, at, finished=True)
    number = _number_at(window, at)
    return WindowSpan(_start(window, number), _start(window, number + 1), finished=False)


def last_finished(window: CalendarWindow, at: datetime) -> WindowSpan:
    """Find the window that ended last, at or before a moment."""
    number = _number_at(window, at) - 1
    return WindowSpan(_start(window, number), _start(window, number + 1), finished=True)


def windows_between(
    window: CalendarWindow, start: datetime, end: datetime, *, at: datetime
) -> Iterator[WindowSpan]:
    """List the windows that touch [start, end), in order, each finished or not at a moment."""
    number = _number_at(window, start)
    opens = _start(window, number)
    while opens < end:
        number += 1
        closes = _start(window, number)
        yield WindowSpan(opens, closes, finished=closes <= at)
        opens = closes


def _number_at(window: CalendarWindow, at: datetime) -> int:
    """Count the windows from the aligned one to that of a moment: estimate, then step."""
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
    """Find where a window opens; always counted from the aligned one, so that a window aligned
    to the 31st opens on the last day of shorter months and on the 31st again after them."""
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
