"""The facts behind a clock's due moment, in order, as values; texts are in `sentences`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from shinrai.calendars.rules.business_time import effective_on, elapsed
from shinrai.calendars.rules.days import open_day
from shinrai.calendars.rules.hours import Calendar
from shinrai.objectives.rules.clocks import ClockRow, clock_row
from shinrai.objectives.rules.definition import BusinessDays, ClockDefinition
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.objectives.rules.states import State, state_at

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LONGEST_WALK = 400  # days told one by one; beyond that nobody reads them

OffKind = Literal["weekly", "holiday", "closed"]


@dataclass(frozen=True)
class DaysOff:
    """Consecutive dates on which the desk is closed for the same reason."""

    first: date
    last: date
    kind: OffKind
    name: str
    name_ja: str


@dataclass(frozen=True)
class ExplainedPause:
    """A pause of the clock, and what it waited for."""

    since: datetime
    until: datetime | None
    reason: str


@dataclass(frozen=True)
class ExplainedClock:
    """Every fact about one clock that a sentence can be made of.

    `days_off` lie between the start and the due moment; `uncounted` are business days on which the
    clock was paused at the close.
    """

    definition: ClockDefinition
    zone: str
    at: datetime
    state: State | None
    started_at: datetime
    effective_at: datetime
    effective_on: date
    due_at: datetime | None
    due_without_pauses_at: datetime
    stopped_at: datetime | None
    paused_since: datetime | None
    cancelled_at: datetime | None
    exempted_at: datetime | None
    spam: bool
    pauses: tuple[ExplainedPause, ...]
    days_off: tuple[DaysOff, ...]
    uncounted: tuple[date, ...]
    open_s: int
    paused_open_s: int
    left_s: int | None = None  # open time from `at` until it is due; None once it is past
    ahead_s: int | None = None  # open time from the stop, or else `at`, until due; late: below zero
    index: int = 1  # which of the case's clocks of this name

    @property
    def is_reopened(self) -> bool:
        """Return whether it began with a reopening, as an investigation's second round does."""
        return self.index > 1 and self.definition.clock in {"investigation", "acknowledgement"}


def explain(
    definition: ClockDefinition,
    calendar: Calendar,
    span: ClockSpan,
    *,
    at: datetime,
    reasons: Sequence[str] = (),
) -> ExplainedClock:
    """Return the facts behind a clock's due moment, as known at a moment.

    `reasons` name what each of the span's pauses waited for, in the same order.
    """
    row = clock_row(definition, calendar, span)
    names = (*reasons, *("" for _ in span.pauses))
    pauses = tuple(
        ExplainedPause(since, until or span.stopped_at, reason)
        for (since, until), reason in zip(span.pauses, names, strict=False)
    )
    last = row.due_at or row.paused_since or row.due_without_pauses_at
    first_on = calendar.local(span.started_at).date()
    dates = [first_on + n * DAY for n in range(_walk_length(first_on, calendar.local(last).date()))]
    day_0 = effective_on(calendar, span.started_at)
    by_day = isinstance(definition.within, BusinessDays)
    return ExplainedClock(
        definition=definition,
        zone=calendar.version_at(span.started_at).zone,
        at=at,
        state=state_at(row, at),
        started_at=row.started_at,
        effective_at=row.effective_at,
        effective_on=day_0,
        due_at=row.due_at,
        due_without_pauses_at=row.due_without_pauses_at,
        stopped_at=row.stopped_at,
        paused_since=row.paused_since,
        cancelled_at=row.cancelled_at,
        exempted_at=row.exempted_at,
        spam=row.spam,
        pauses=pauses,
        days_off=tuple(_days_off(calendar, dates)),
        uncounted=tuple(_uncounted(calendar, dates, day_0, pauses)) if by_day and pauses else (),
        open_s=row.open_s,
        paused_open_s=row.paused_open_s,
        left_s=_ahead_s(calendar, at, row) if row.due_at and at <= row.due_at else None,
        ahead_s=_ahead_s(calendar, _ends(row, at), row),
        index=span.index,
    )


def _ends(row: ClockRow, at: datetime) -> datetime:
    return row.stopped_at if row.stopped_at is not None and row.stopped_at <= at else at


def _ahead_s(calendar: Calendar, ends: datetime, row: ClockRow) -> int | None:
    """Return the open seconds from `ends` until the clock is due; negative if it is late."""
    if row.due_at is None:
        return None
    if ends <= row.due_at:
        return int(elapsed(calendar, ends, row.due_at).total_seconds())
    return -int(elapsed(calendar, row.due_at, ends).total_seconds())


def _walk_length(first: date, last: date) -> int:
    return min(LONGEST_WALK, max(0, (last - first).days) + 1)


def _days_off(calendar: Calendar, dates: Sequence[date]) -> Iterator[DaysOff]:
    """Yield the dates without open time; consecutive ones with the same reason are joined."""
    run: DaysOff | None = None
    for on in dates:
        off = None if open_day(calendar, on) else _day_off(calendar, on)
        if run and off and (run.kind, run.name) == (off.kind, off.name):
            run = DaysOff(run.first, on, run.kind, run.name, run.name_ja)
            continue
        if run:
            yield run
        run = off
    if run:
        yield run


def _day_off(calendar: Calendar, on: date) -> DaysOff:
    version = calendar.version_on(on)
    removed = version.day_off(on) if version and version.planned_on(on) else None
    if removed is None:
        return DaysOff(on, on, "weekly", "", "")
    kind: OffKind = "holiday" if removed.kind == "holiday" else "closed"
    return DaysOff(on, on, kind, removed.name, removed.name_ja)


def _uncounted(
    calendar: Calendar, dates: Sequence[date], day_0: date, pauses: Sequence[ExplainedPause]
) -> Iterator[date]:
    stretches = [(pause.since, pause.until) for pause in pauses]
    for on in dates:
        day = open_day(calendar, on) if on > day_0 else None
        if day and elapsed(calendar, day.close - SECOND, day.close, stretches) < SECOND:
            yield on
