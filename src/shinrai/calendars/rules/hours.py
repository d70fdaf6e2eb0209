"""A calendar: dated versions of weekly hours, with holidays, closed days and breaks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import pairwise

from shinrai.calendars.rules.event_reader import read_events
from shinrai.calendars.rules.events import Events
from shinrai.calendars.rules.holidays import country_day
from shinrai.calendars.rules.time_zone import midnight, wall_to_utc, zone_named
from shinrai.units.moments import NaiveMoment

DAY = timedelta(days=1)
DAY_S = 86_400
Span = tuple[datetime, datetime]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, order=True)
class OpenInterval:
    """Local time `[from_s, to_s)` in seconds after 00:00; above 86,400 it is on the next date."""

    from_s: int
    to_s: int

    def __str__(self) -> str:
        return f"{clock(self.from_s)}-{clock(self.to_s)}"


def clock(seconds: int) -> str:
    """Write seconds after 00:00 as a time of day, such as 18:00; the end of a day is 24:00."""
    seconds = seconds - DAY_S if seconds > DAY_S else seconds
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


@dataclass(frozen=True)
class Days:
    """Dates from first to last, both included, with their name."""

    first: date
    last: date
    name: str = ""

    def covers(self, on: date) -> bool:
        return self.first <= on <= self.last


@dataclass(frozen=True)
class YearlyDays:
    """Days of every year, (month, day) to (month, day), both included; may include New Year."""

    first: tuple[int, int]
    last: tuple[int, int]
    name: str = ""

    def covers(self, on: date) -> bool:
        day = (on.month, on.day)
        if self.first <= self.last:
            return self.first <= day <= self.last
        return day >= self.first or day <= self.last


@dataclass(frozen=True)
class Holidays:
    """Public holidays: of countries, listed dates, and from the texts of iCalendar files."""

    countries: tuple[str, ...] = ()
    days: tuple[Days | YearlyDays, ...] = ()
    ics: tuple[str, ...] = ()
    zone: str = field(default="UTC", compare=False)  # whose local time is meant where none is named

    @cached_property
    def events(self) -> Events:
        return read_events(self.ics, self.zone)

    def on(self, on: date) -> "DayOff | None":
        """Return the holiday on a date, with its English and Japanese name if both are known."""
        for country in self.countries:
            if found := country_day(country, on):
                return DayOff("holiday", found.name, found.name_ja)
        return _day_off("holiday", self.days, self.events, on)


@dataclass(frozen=True)
class Closures:
    """The company's own closed days: listed, yearly, and from the texts of iCalendar files."""

    days: tuple[Days | YearlyDays, ...] = ()
    ics: tuple[str, ...] = ()
    zone: str = field(default="UTC", compare=False)  # whose local time is meant where none is named

    @cached_property
    def events(self) -> Events:
        return read_events(self.ics, self.zone)

    def on(self, on: date) -> "DayOff | None":
        return _day_off("closed", self.days, self.events, on)


@dataclass(frozen=True)
class DayOff:
    """Why the hours that begin on a date are cancelled; `kind` is "holiday" or "closed"."""

    kind: str
    name: str
    name_ja: str


def _day_off(
    kind: str, days: Iterable[Days | YearlyDays], events: Events, on: date
) -> DayOff | None:
    for listed in days:
        if listed.covers(on):
            return DayOff(kind, listed.name, listed.name)
    name = events.day_named(on)
    return None if name is None else DayOff(kind, name, name)


@dataclass(frozen=True)
class CalendarVersion:
    """The hours in force from a local date until the next version begins."""

    zone: str
    weekly: tuple[tuple[OpenInterval, ...], ...]
    valid_from: date | None = None
    holidays: Holidays = field(default_factory=Holidays)
    closed: Closures = field(default_factory=Closures)
    hours: Mapping[date, tuple[OpenInterval, ...]] = field(default_factory=dict)
    breaks: Mapping[date, tuple[OpenInterval, ...]] = field(default_factory=dict)

    def planned_on(self, on: date) -> tuple[OpenInterval, ...]:
        """Return the hours of a date, holidays ignored; dated hours replace weekly ones."""
        return self.hours.get(on, self.weekly[on.weekday()])

    def day_off(self, on: date) -> DayOff | None:
        """Return why a date's hours are cancelled, or None; holidays cancel dated hours too."""
        return self.holidays.on(on) or self.closed.on(on)

    def intervals_on(self, on: date) -> tuple[OpenInterval, ...]:
        """Return the hours that begin on a date, before breaks are taken out."""
        return () if self.day_off(on) else self.planned_on(on)


@dataclass(frozen=True)
class OpenDay:
    """A business day: a local date with the open time that begins on it."""

    on: date
    spans: tuple[Span, ...]

    @property
    def opening(self) -> datetime:
        return self.spans[0][0]

    @property
    def close(self) -> datetime:
        """The end of its open time; for an overnight shift it is on the next date."""
        return self.spans[-1][1]


@dataclass
class Memory:
    """A cache of computed days, as the same few weeks are needed again and again."""

    spans: dict[date, tuple[Span, ...]] = field(default_factory=dict)
    days: dict[date, OpenDay | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Calendar:
    """When the desk is open: versions, ordered by the date from which they are in force."""

    versions: tuple[CalendarVersion, ...]
    memory: Memory = field(default_factory=Memory, compare=False, repr=False)

    def version_on(self, on: date) -> CalendarVersion | None:
        """Return the version in force on a local date; None before the first."""
        for version in reversed(self.versions):
            if version.valid_from is None or version.valid_from <= on:
                return version
        return None

    @cached_property
    def starts(self) -> tuple[datetime, ...]:
        """The moment at which each version comes into force: midnight in its own zone."""
        return tuple(
            datetime.min.replace(tzinfo=UTC)
            if version.valid_from is None
            else midnight(version.zone, version.valid_from)
            for version in self.versions
        )

    def version_at(self, at: datetime) -> CalendarVersion:
        """Return the version in force at a moment; the first one also before it begins."""
        for version, start in zip(reversed(self.versions), reversed(self.starts), strict=True):
            if start <= at:
                return version
        return self.versions[0]

    def local(self, at: datetime) -> datetime:
        """Return a moment in the calendar's local time.

        Raises: NaiveMoment if it has no zone.
        """
        if at.tzinfo is None:
            raise NaiveMoment(f"{at.isoformat()} carries no zone; give one, such as +09:00")
        return at.astimezone(zone_named(self.version_at(at).zone))

    def moment(self, local: datetime) -> datetime:
        """Return the moment of a local time, given without a zone, in the calendar's zone."""
        version = self.version_on(local.date()) or self.versions[0]
        return wall_to_utc(version.zone, local)


def clashes(
    version: CalendarVersion, dates: Iterable[date]
) -> Iterable[tuple[date, OpenInterval, date, OpenInterval]]:
    """Yield hours that overlap on one of these dates, or with the next morning's hours.

    Shape: (date, hours, date, hours), the earlier first.
    """
    for on in dates:
        today = sorted(version.intervals_on(on), key=lambda hours: hours.from_s)
        for one, other in pairwise(today):
            if other.from_s < one.to_s:
                yield on, one, on, other
        morning = min(version.intervals_on(on + DAY), default=None)
        night = max(today, key=lambda hours: hours.to_s, default=None)
        if morning and night and morning.from_s + DAY_S < night.to_s:
            yield on, night, on + DAY, morning
