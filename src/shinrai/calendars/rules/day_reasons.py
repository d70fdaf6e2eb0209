"""The dates from a start to a due moment, and why each is open or closed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shinrai.calendars.rules.days import cuts_near, open_day, planned_spans
from shinrai.calendars.rules.hours import DAY, Calendar, CalendarVersion, Span
from shinrai.calendars.rules.pauses import NEVER, Pause, union
from shinrai.calendars.rules.time_zone import has_date, midnight

SECOND = timedelta(seconds=1)
LONGEST = 3660  # dates: as far as searches go

FactKind = Literal[
    "not_in_force",  # the calendar's first version begins later
    "skipped_date",  # the zone never had this date
    "no_hours",  # the week has none on this day
    "holiday",
    "closed",
    "dated_hours",  # these hours hold on this date only
    "break",
    "clock_change",  # the date is longer or shorter than 24 h
    "pause",  # the clock stood still in open time
    "paused_at_close",  # ... in the last open second: the day does not count
]


@dataclass(frozen=True)
class Fact:
    """One reason why a date is open or closed; with a name or a time span if there is one."""

    kind: FactKind
    name: str = ""
    name_ja: str = ""
    span: tuple[datetime, datetime | None] | None = None


@dataclass(frozen=True)
class DayFacts:
    """A local date with its open spans and the reasons for them."""

    on: date
    zone: str
    spans: tuple[Span, ...]
    facts: tuple[Fact, ...]

    @property
    def is_business_day(self) -> bool:
        return bool(self.spans)

    def has(self, kind: FactKind) -> bool:
        return any(fact.kind == kind for fact in self.facts)


def explain_days(
    calendar: Calendar, start: datetime, due: datetime, pauses: Iterable[Pause] = ()
) -> tuple[DayFacts, ...]:
    """Return each local date from the start to the due moment, with why it is open or closed.

    A due moment exactly at midnight counts on the date that ends then.
    """
    first = calendar.local(start).date()
    # A close belongs to the day that ends with it, not to the date on which it lies.
    last = calendar.local(due - SECOND).date()
    paused = union(pauses)
    dates = max(0, (last - first).days) + 1
    return tuple(
        day_facts(calendar, first + passed * DAY, paused) for passed in range(min(dates, LONGEST))
    )


def day_facts(calendar: Calendar, on: date, paused: tuple[Span, ...] = ()) -> DayFacts:
    """Return a local date with its reasons; `paused` are merged pauses in order."""
    version = calendar.version_on(on)
    day = open_day(calendar, on)
    spans = day.spans if day else ()
    if version is None:
        facts: tuple[Fact, ...] = (Fact("not_in_force"),)
    elif not has_date(version.zone, on):
        facts = (Fact("skipped_date"),)
    else:
        facts = (*_calendar_facts(calendar, version, on), *_pause_facts(spans, paused))
    return DayFacts(on, (version or calendar.versions[0]).zone, spans, facts)


def _calendar_facts(calendar: Calendar, version: CalendarVersion, on: date) -> Iterator[Fact]:
    if on in version.hours:
        yield Fact("dated_hours")
    elif not version.planned_on(on):
        yield Fact("no_hours")
    if off := version.day_off(on):
        yield Fact("holiday" if off.kind == "holiday" else "closed", off.name, off.name_ja)
    planned = planned_spans(calendar, on)
    if planned:
        for start, end, name in cuts_near(calendar, on):
            if any(start < closes and end > opens for opens, closes in planned):
                yield Fact("break", name, name, (start, end))
    begins, ends = midnight(version.zone, on), midnight(version.zone, on + DAY)
    if ends - begins != DAY:
        yield Fact("clock_change", span=(begins, ends))


def _pause_facts(spans: tuple[Span, ...], paused: tuple[Span, ...]) -> Iterator[Fact]:
    for start, end in paused:
        if any(start < closes and end > opens for opens, closes in spans):
            yield Fact("pause", span=(start, None if end == NEVER else end))
    if spans and any(start < spans[-1][1] and end > spans[-1][1] - SECOND for start, end in paused):
        yield Fact("paused_at_close")
