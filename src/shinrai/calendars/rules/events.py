"""Events of an iCalendar file: whole days, spans of time, and what repeats (RFC 5545)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from shinrai.calendars.rules.zones import wall_to_utc, zone_names
from shinrai.units.wording import SaidInBoth

DAY = timedelta(days=1)
REPEATS = {"YEARLY", "MONTHLY", "WEEKLY", "DAILY"}


class BadEvents(SaidInBoth, ValueError):
    """An iCalendar text that cannot be read, or says what no calendar can follow."""


@dataclass(frozen=True)
class Event:
    """One event; `start` is wall time, of `zone` if it names one, else of the calendar's own."""

    name: str
    start: datetime
    length: timedelta
    whole_days: bool
    zone: tzinfo | None
    rules: tuple[str, ...]
    added: tuple[datetime, ...]
    removed: frozenset[datetime]

    def starts(self, first: datetime, last: datetime) -> Iterator[datetime]:
        """List when it begins, on its own walls, between two times, both included."""
        begun = {self.start, *self.added}
        if self.rules:
            from dateutil.rrule import rrulestr  # only files that repeat pay for it

            for rule in self.rules:
                repeated = rrulestr(rule, dtstart=self.start, cache=True)
                begun.update(repeated.between(first, last, inc=True))
        yield from sorted(at for at in begun - self.removed if first <= at <= last)

    def moment(self, wall: datetime, own_zone: str) -> datetime:
        """Find the moment of a time on this event's walls."""
        if self.zone is None:
            return wall_to_utc(own_zone, wall)
        name = getattr(self.zone, "key", None)
        if name in zone_names():
            return wall_to_utc(str(name), wall)
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


@dataclass(frozen=True)
class Events:
    """All events of some files."""

    events: tuple[Event, ...] = ()
    _days: dict[int, dict[date, str]] = field(default_factory=dict, compare=False, repr=False)
    _spans: dict[tuple[int, str], list[tuple[datetime, datetime, str]]] = field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def read(cls, texts: Iterable[str]) -> "Events":
        """Read the texts of iCalendar files.

        Raises: BadEvents.
        """
        return cls(tuple(event for text in texts for event in _read(text)))

    def day_named(self, on: date) -> str | None:
        """Name the whole-day event of a date."""
        if not self.events:
            return None
        if on.year not in self._days:
            self._days[on.year] = self._days_of(on.year)
        return self._days[on.year].get(on)

    def spans(self, year: int, zone: str) -> list[tuple[datetime, datetime, str]]:
        """List the timed events that touch a year: from, to (UTC), and their name."""
        if not self.events:
            return []
        if (year, zone) not in self._spans:
            self._spans[year, zone] = list(self._spans_of(year, zone))
        return self._spans[year, zone]

    @property
    def last_on(self) -> date | None:
        """Say when the last event ends; None while something repeats without an end."""
        if any(
            "UNTIL" not in rule and "COUNT" not in rule
            for event in self.events
            for rule in event.rules
        ):
            return None
        last = [
            max(event.starts(event.start, _wall_of(9999, 1, 1)), default=event.start) + event.length
            for event in self.events
        ]
        return max(last).date() if last else None

    def _days_of(self, year: int) -> dict[date, str]:
        days: dict[date, str] = {}
        for event in self.events:
            if not event.whole_days:
                continue
            first = _wall_of(year, 1, 1) - event.length
            for start in event.starts(first, _wall_of(year, 12, 31)):
                for passed in range(event.length.days):
                    days.setdefault(start.date() + passed * DAY, event.name)
        return days

    def _spans_of(self, year: int, zone: str) -> Iterator[tuple[datetime, datetime, str]]:
        for event in self.events:
            if event.whole_days or not event.length:
                continue
            # Two days more on each side: wall time of another zone may lie in the next year.
            first = _wall_of(year, 1, 1) - event.length - 2 * DAY
            for start in event.starts(first, _wall_of(year + 1, 1, 1) + 2 * DAY):
                at = event.moment(start, zone)
                yield at, at + event.length, event.name


def _read(text: str) -> tuple[Event, ...]:
    from icalendar import Calendar as Document  # type: ignore[import-untyped]

    try:
        document = Document.from_ical(text)
        events = document.walk("VEVENT")
    except (ValueError, IndexError, KeyError) as error:
        raise BadEvents(
            f"this is no iCalendar text ({error})", f"iCalendar として読めません（{error}）"
        ) from error
    if not events:
        raise BadEvents(
            "this iCalendar text holds no event (VEVENT)",
            "この iCalendar には予定（VEVENT）が一つもありません",
        )
    replaced: dict[str, set[datetime]] = {}
    for event in events:
        if "RECURRENCE-ID" in event:
            wall = _wall(event["RECURRENCE-ID"].dt)[0]
            replaced.setdefault(str(event.get("UID", "")), set()).add(wall)
    return tuple(
        _event(event, replaced.get(str(event.get("UID", "")), set()))
        for event in events
        if str(event.get("STATUS", "")).upper() != "CANCELLED"
    )


def _event(event: Any, replaced: set[datetime]) -> Event:
    name = str(event.get("SUMMARY", "")).strip()
    if "DTSTART" not in event:
        raise BadEvents(
            f"event {name!r} has no start (DTSTART)",
            f"予定「{name}」に開始日時（DTSTART）がありません",
        )
    begins = event["DTSTART"].dt
    start, zone = _wall(begins)
    whole_days = not isinstance(begins, datetime)
    tzid = event["DTSTART"].params.get("TZID")
    if not whole_days and zone is None and tzid:
        raise BadEvents(
            f"event {name!r}: time zone {tzid!r} is unknown; use an IANA name",
            f"予定「{name}」のタイムゾーン「{tzid}」が分かりません。IANA の名前にしてください",
        )
    removed = {wall for wall, _ in _moments(event, "EXDATE", zone)}
    if "RECURRENCE-ID" not in event:
        removed |= replaced
    return Event(
        name=name,
        start=start,
        length=_length(event, name, begins, whole_days=whole_days),
        whole_days=whole_days,
        zone=zone,
        rules=tuple(_rule(rule, name, zone) for rule in _listed(event.get("RRULE"))),
        added=tuple(wall for wall, _ in _moments(event, "RDATE", zone)),
        removed=frozenset(removed),
    )


def _wall_of(year: int, month: int, day: int) -> datetime:
    return datetime.combine(date(year, month, day), time.min)


def _wall(at: date | datetime) -> tuple[datetime, tzinfo | None]:
    if isinstance(at, datetime):
        return at.replace(tzinfo=None), at.tzinfo
    return datetime.combine(at, time.min), None


def _length(event: Any, name: str, begins: date | datetime, *, whole_days: bool) -> timedelta:
    length: timedelta
    if "DTEND" in event:
        ends = event["DTEND"].dt
        if isinstance(ends, datetime) == whole_days:
            raise BadEvents(
                f"event {name!r} starts on a date and ends at a time, or the reverse",
                f"予定「{name}」は開始と終了の一方が日付だけで、もう一方が日時です",
            )
        if whole_days or begins.tzinfo is None or ends.tzinfo is None:  # type: ignore[union-attr]
            length = _wall(ends)[0] - _wall(begins)[0]
        else:
            length = ends.astimezone(UTC) - begins.astimezone(UTC)  # type: ignore[union-attr]
    elif "DURATION" in event:
        length = event["DURATION"].dt
    else:
        length = DAY if whole_days else timedelta()
    if length < timedelta() or (whole_days and length < DAY):
        raise BadEvents(
            f"event {name!r} ends before it starts", f"予定「{name}」の終了が開始より前です"
        )
    return length


def _listed(found: Any) -> list[Any]:
    if found is None:
        return []
    return found if isinstance(found, list) else [found]


def _moments(
    event: Any, field_name: str, zone: tzinfo | None
) -> Iterator[tuple[datetime, tzinfo | None]]:
    for group in _listed(event.get(field_name)):
        for entry in group.dts:
            at = entry.dt[0] if isinstance(entry.dt, tuple) else entry.dt
            yield _wall(_on_walls_of(at, zone))


def _on_walls_of(at: date | datetime, zone: tzinfo | None) -> date | datetime:
    if isinstance(at, datetime) and at.tzinfo is not None and zone is not None:
        return at.astimezone(zone)
    return at


def _rule(rule: Any, name: str, zone: tzinfo | None) -> str:
    often = str(rule.get("FREQ", [""])[0]).upper()
    if often not in REPEATS:
        known = ", ".join(sorted(REPEATS))
        raise BadEvents(
            f"event {name!r} repeats {often}; known are {known}",
            f"予定「{name}」の繰り返し {often} には対応していません。使えるもの: {known}",
        )
    parts = [
        part for part in rule.to_ical().decode().split(";") if not part.upper().startswith("UNTIL=")
    ]
    # The end of a rule is written in UTC, or as a date: here it must stand on the event's walls.
    for until in rule.get("UNTIL", []):
        wall = _wall(_on_walls_of(until, zone))[0]
        if not isinstance(until, datetime):
            wall = datetime.combine(wall.date(), time.max)
        parts.append(f"UNTIL={wall:%Y%m%dT%H%M%S}")
    return ";".join(parts)
