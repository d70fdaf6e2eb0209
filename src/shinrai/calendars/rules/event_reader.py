"""Read events from iCalendar texts, with their versions, changes, moves and cancellations.

**Source:** RFC 5545 §3.6.1, §3.8; RFC 5546 §2.1.5 for which version of an event is the newest.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, tzinfo

from shinrai.calendars.rules.events import ALWAYS, CalendarEvent, Events, local_of
from shinrai.calendars.rules.icalendar import (
    EARLIEST,
    LATEST,
    BadEvents,
    Component,
    Line,
    ValueReader,
    components,
    length_of,
    moment_of,
)
from shinrai.calendars.rules.recurrence import DAY, read_rule
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.units.text import Text

LONGEST = (LATEST - EARLIEST) * 366 * DAY
MOST_COUNTED = 5_000_000  # days looked at for ends that are counted: some seconds


def read_events(texts: Sequence[str], zone: str) -> Events:
    """Return the events of iCalendar texts; times without a zone are in `zone`.

    Raises: BadEvents, whose text names the event, and the file if there are several.
    """
    events: list[CalendarEvent] = []
    for number, text in enumerate(texts, start=1):
        try:
            events += _read(text, zone_named(zone))
        except BadEvents as error:
            if len(texts) == 1:
                raise
            what = Text("file {number}, {what}", number=number, what=error.text)
            raise BadEvents(what) from error
    return Events(tuple(events))


@dataclass(frozen=True)
class _Reader:
    """Reads one VEVENT of a file."""

    of: Component
    clock: ValueReader

    def at(self, name: str) -> date | datetime | None:
        line = self.of.one(name)
        return None if line is None else self.clock.value(line.value, line, self.of)

    def version(self) -> tuple[int, str, str]:
        said = self.of.text("SEQUENCE") or "0"
        if not said.isascii() or not said.isdigit() or len(said) > 9:
            raise self.of.bad(Text("has SEQUENCE {said!r}", said=said[:60]))
        return int(said), self.of.text("DTSTAMP"), self.of.text("LAST-MODIFIED")

    @property
    def is_off(self) -> bool:
        return self.of.text("STATUS").upper() == "CANCELLED"

    def event(self) -> CalendarEvent:
        """Return the event without its repetitions."""
        begins = self.at("DTSTART")
        if begins is None:
            raise self.of.bad(Text("has no start (DTSTART)"))
        whole_days = not isinstance(begins, datetime)
        zone = (begins.tzinfo if isinstance(begins, datetime) else None) or self.clock.own
        start = local_of(begins)
        length = self._length(begins, zone, whole_days=whole_days)
        if not timedelta() <= length <= LONGEST:
            raise self.of.bad(
                Text("ends before it starts, or after {latest}", latest=LATEST),
            )
        return CalendarEvent(self.of.title, start, length, whole_days, zone)

    def _length(self, begins: date | datetime, zone: tzinfo, *, whole_days: bool) -> timedelta:
        ends, lasts = self.at("DTEND"), self.of.one("DURATION")
        if ends is not None and isinstance(ends, datetime) == whole_days:
            raise self.of.bad(
                Text("starts on a date and ends at a time, or the reverse"),
            )
        found = set[timedelta]()
        if ends is not None:
            found.add(_moment(ends, zone) - _moment(begins, zone) if not whole_days
                      else local_of(ends) - local_of(begins))  # fmt: skip
        if lasts is not None:
            found.add(self._lasting(lasts.value))
        if len(found) > 1 or (whole_days and any(length % DAY for length in found)):
            raise self.of.bad(
                Text("has an end (DTEND, DURATION) that fits no start: two ends, or part of a day"),
            )
        length = found.pop() if found else timedelta()
        return length or (DAY if whole_days else length)  # a day that ends on itself is that day

    def _lasting(self, text: str) -> timedelta:
        try:
            return length_of(text)
        except (ValueError, OverflowError) as error:
            raise self.of.bad(Text("has DURATION {text!r}", text=text[:60])) from error

    def key(self, at: date | datetime, series: CalendarEvent) -> date | datetime:
        """Return what identifies an occurrence in its series: its date, or its moment in UTC."""
        if not isinstance(at, datetime):
            return at
        if not series.whole_days:
            return _moment(at, series.zone)
        # Of days, programs write midnight in UTC, or wherever the desk is; or the last second.
        if at.tzinfo is not None and (at.hour, at.minute) not in ((0, 0), (23, 59)):
            at = at.astimezone(self.clock.own)
        return at.date()

    def series(self) -> tuple[CalendarEvent, tuple[CalendarEvent, ...]]:
        """Return the event with its repetitions, and apart those with a length of their own."""
        one, of = self.event(), self.of

        def until(text: str) -> datetime:
            at = self.key(self.clock.value(text, Line("UNTIL", {}, text), of), one)
            return (
                _in_local_time(at, one.zone)
                if isinstance(at, datetime)
                else datetime.combine(at, time.max)
            )

        rules, excluded = (
            tuple(
                read_rule(line, of, start=one.start, whole_days=one.whole_days, until_of=until)
                for line in of.all(name)
            )
            for name in ("RRULE", "EXRULE")
        )
        removed = frozenset(self.key(at, one) for at, _ in self._listed("EXDATE"))
        added, alone = [], []
        for at, length in self._listed("RDATE"):
            wall = _in_local_time(self.key(at, one), one.zone)
            if not isinstance(at, datetime):
                wall = datetime.combine(at, one.start.time())
            if length is None:
                added.append(wall)
            else:
                alone.append(replace(one, start=wall, length=length, removed=removed))
        whole = replace(one, rules=rules, excluded=excluded, added=tuple(added), removed=removed)
        return whole, tuple(alone)

    def _listed(self, name: str) -> Iterator[tuple[date | datetime, timedelta | None]]:
        for line in self.of.all(name):
            for text in line.value.split(","):
                begins, slash, ends = text.partition("/")
                if not begins.strip():
                    continue
                at = self.clock.value(begins, line, self.of)
                if not slash:
                    yield at, None
                elif "P" in ends.upper():
                    yield at, self._lasting(ends)
                else:
                    until = self.clock.value(ends, line, self.of)
                    zone = self.clock.own
                    yield at, _moment(until, zone) - _moment(at, zone)


def _read(text: str, own: tzinfo) -> tuple[CalendarEvent, ...]:
    groups: dict[str, list[_Reader]] = defaultdict(list)
    for calendar in components(text).parts:
        zones = {part.text("TZID").strip("\"' "): part
                 for part in calendar.parts if part.kind == "VTIMEZONE"}  # fmt: skip
        clock = ValueReader(own, zones)
        for part in calendar.parts:
            if part.kind == "VEVENT":
                # Without an identity an event has no versions, and no changes.
                groups[part.text("UID") or f"line {part.number}"].append(_Reader(part, clock))
    if not groups:
        raise BadEvents(
            Text("this iCalendar text holds no event (VEVENT)"),
        )
    events: list[CalendarEvent] = []
    counted_days = 0
    for group in groups.values():
        for event in _of_one(group):
            counted_days += sum(rule.counted_days for rule in event.rules)
            if counted_days > MOST_COUNTED:
                raise BadEvents(
                    Text(
                        "the events up to {name!r} repeat too often by COUNT; use UNTIL",
                        name=event.name,
                    ),
                )
            events.append(event)
    return tuple(events)


def _of_one(group: Sequence[_Reader]) -> Iterator[CalendarEvent]:
    """Yield the events of one UID: its series, and changed single occurrences."""
    written = _newest([one for one in group if not one.of.all("RECURRENCE-ID")])
    changes = [one for one in group if one.of.all("RECURRENCE-ID")]
    series = [(one, *one.series()) for one in written if not one.is_off]
    if written and not series:
        return  # called off as a whole
    whole = series[0][1] if series else None
    singles, ranges = _changes(changes, whole)
    for _, change in singles:
        if not change.is_off:
            yield change.event()
    replaced = {key for key, _ in singles}
    for reader, event, alone in series:
        removed = event.removed | replaced
        yield from _stretches(replace(event, removed=removed), ranges, reader)
        yield from (
            one for one in (replace(o, removed=removed) for o in alone)
            if next(one.starts(one.start, one.start), None)
        )  # fmt: skip


def _newest(versions: Sequence[_Reader]) -> list[_Reader]:
    """Return the newest version of an event, or several that are equally new and differ."""
    if len(versions) < 2:
        return list(versions)
    newest = max(one.version() for one in versions)
    counting = [one for one in versions if one.version() == newest]
    return list({str(one.of.lines): one for one in counting}.values())


Changes = list[tuple[date | datetime, _Reader]]


def _changes(changes: Sequence[_Reader], whole: CalendarEvent | None) -> tuple[Changes, Changes]:
    """Group changes by what they change: single occurrences, and all from one on.

    Shape: (changes of one occurrence, changes of one and all that follow).
    """
    found: dict[tuple[bool, date | datetime], list[_Reader]] = defaultdict(list)
    for one in changes:
        at, line = one.at("RECURRENCE-ID"), one.of.all("RECURRENCE-ID")[0]
        is_range = line.parameters.get("RANGE", "").upper() == "THISANDFUTURE"
        if (
            at is None
            or (is_range and whole is None)
            or (not is_range and "RANGE" in line.parameters)
        ):
            raise one.of.bad(
                Text("changes a series that is not in the file, or a range of it that is unknown"),
            )
        key = one.key(at, whole) if whole else at
        found[is_range, key].append(one)
    newest = [(key, one) for key, versions in found.items() for one in _newest(versions)]
    return ([(at, one) for (is_range, at), one in newest if not is_range],
            [(at, one) for (is_range, at), one in newest if is_range])  # fmt: skip


def _stretches(event: CalendarEvent, ranges: Changes, reader: _Reader) -> Iterator[CalendarEvent]:
    """Cut a series where all following occurrences were changed.

    The times after a cut are moved by as much as the first occurrence there.
    """
    local_times = sorted((_in_local_time(at, event.zone), change) for at, change in ranges)
    ends = [*(wall for wall, _ in local_times), ALWAYS]
    yield replace(event, before=ends[0])
    for (wall, change), before in zip(local_times, ends[1:], strict=True):
        if change.is_off:
            continue
        rules = {line.value.strip().upper() for line in change.of.all("RRULE")}
        if rules and rules != {line.value.strip().upper() for line in reader.of.all("RRULE")}:
            raise change.of.bad(
                Text(
                    "changes all that follow, and repeats by another rule; make it an event of "
                    "its own"
                ),
            )
        to = change.event()
        start = (
            to.start if to.whole_days else _in_local_time(_moment(to.start, to.zone), event.zone)
        )
        yield replace(event, name=to.name, length=to.length, whole_days=to.whole_days,
                      since=wall, before=before, moved=start - wall)  # fmt: skip


def _moment(at: date | datetime, zone: tzinfo) -> datetime:
    """Return a date or time as a moment in UTC; one without a zone is in `zone`."""
    own = at.tzinfo if isinstance(at, datetime) else None
    return moment_of(local_of(at), own or zone)


def _in_local_time(at: date | datetime, zone: tzinfo) -> datetime:
    if isinstance(at, datetime) and at.tzinfo is not None:
        at = at.astimezone(zone)
    return local_of(at)
