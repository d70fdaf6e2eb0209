"""The one place where due moments are computed: for one clock, and for whole columns.

`clock_row` follows MEASURES §3; `clock_columns` gives the same for arrays (tests compare both).
Queues and windows only compare moments computed here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from shinrai.calendars.rules import arrays, business_time
from shinrai.calendars.rules.arrays import NO_DUE
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.pause_columns import OPEN, Pauses
from shinrai.calendars.rules.timetable import Timetable
from shinrai.objectives.rules.definition import BusinessSeconds, ClockDefinition
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.units.moments import epoch_us

Moments = NDArray[np.int64]
NEVER = NO_DUE  # in columns: this moment does not exist
SECOND = timedelta(seconds=1)
SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class ClockRow:
    """One clock, computed.

    `due_at` is None while it is paused. `open_s` counts open seconds from the start to the stop
    (not stopped: to the cancellation, else the due moment, else the beginning of the pause),
    `paused_open_s` those of them in pauses. Both depend on the steps only, not on when they are
    computed.
    """

    case_id: int
    index: int
    mode: str
    started_at: datetime
    effective_at: datetime
    stopped_at: datetime | None
    due_at: datetime | None
    due_without_pauses_at: datetime
    paused_since: datetime | None
    cancelled_at: datetime | None
    spam: bool
    exempted_at: datetime | None
    open_s: int
    paused_open_s: int


def clock_row(definition: ClockDefinition, calendar: Calendar, span: ClockSpan) -> ClockRow:
    """Compute one clock from its span.

    A stop during a pause ends the pause. A clock cancelled during a pause has no due moment.
    """
    pauses = tuple((since, until or span.stopped_at) for since, until in span.pauses)
    resting = [since for since, until in pauses if until is None]
    due_at = _due(definition, calendar, span.started_at, pauses)
    plain = _due(definition, calendar, span.started_at, ())
    assert plain is not None, "without rests there is always a due moment"
    until = span.stopped_at or span.cancelled_at or due_at or min(resting, default=plain)
    whole = business_time.elapsed(calendar, span.started_at, until)
    running = business_time.elapsed(calendar, span.started_at, until, pauses)
    return ClockRow(
        case_id=span.case_id,
        index=span.index,
        mode=span.mode,
        started_at=span.started_at,
        effective_at=business_time.effective(calendar, span.started_at),
        stopped_at=span.stopped_at,
        due_at=due_at,
        due_without_pauses_at=plain,
        paused_since=min(resting, default=None),
        cancelled_at=span.cancelled_at,
        spam=span.spam,
        exempted_at=span.exempted_at,
        open_s=whole // SECOND,
        paused_open_s=(whole - running) // SECOND,
    )


def _due(
    definition: ClockDefinition,
    calendar: Calendar,
    start: datetime,
    pauses: tuple[tuple[datetime, datetime | None], ...],
) -> datetime | None:
    within = definition.within
    if isinstance(within, BusinessSeconds):
        return business_time.due(calendar, start, within.seconds, pauses)
    if within.by == "close":
        return business_time.due_by_close(calendar, start, within.days, pauses)
    return business_time.due_same_time(calendar, start, within.days, pauses)


@dataclass(frozen=True, slots=True)
class SpanColumns:
    """Spans as columns: epoch microseconds, NEVER where there is no such moment.

    Shape:  n each; `pauses` for n clocks, with an end of OPEN for a pause that has not ended.
    """

    started_us: Moments
    stopped_us: Moments
    cancelled_us: Moments
    pauses: Pauses


@dataclass(frozen=True, slots=True)
class ClockColumns:
    """What `clock_row` computes, as columns of n; NEVER where there is no such moment."""

    effective_us: Moments
    due_us: Moments
    due_without_pauses_us: Moments
    paused_since_us: Moments
    open_s: Moments
    paused_open_s: Moments


def span_columns(spans: Sequence[ClockSpan]) -> SpanColumns:
    """Return the columns with the values of some spans."""
    n = len(spans)
    started = np.fromiter((epoch_us(span.started_at) for span in spans), np.int64, n)
    stopped = np.fromiter((_us(span.stopped_at) for span in spans), np.int64, n)
    cancelled = np.fromiter((_us(span.cancelled_at) for span in spans), np.int64, n)
    offsets = np.zeros(n + 1, np.int64)
    np.cumsum([len(span.pauses) for span in spans], out=offsets[1:])
    flat = [pause for span in spans for pause in span.pauses]
    starts = np.fromiter((epoch_us(since) for since, _ in flat), np.int64, len(flat))
    ends = np.fromiter(
        (OPEN if until is None else epoch_us(until) for _, until in flat), np.int64, len(flat)
    )
    return SpanColumns(started, stopped, cancelled, Pauses(offsets, starts, ends))


def _us(at: datetime | None) -> int:
    return NEVER if at is None else epoch_us(at)


def clock_columns(
    definition: ClockDefinition, timetable: Timetable, spans: SpanColumns
) -> ClockColumns:
    """Compute many clocks of one definition at once.

    Raises: BeyondHorizon if the timetable does not reach far enough.
    """
    n = len(spans.started_us)
    pauses = _ended(spans)
    due = _due_columns(definition, timetable, spans.started_us, pauses)
    plain = _due_columns(definition, timetable, spans.started_us, Pauses.none(n))
    since = _resting_since(pauses, n)
    until = spans.stopped_us
    for instead in (spans.cancelled_us, due, since, plain):
        until = np.where(until == NEVER, instead, until)
    whole = arrays.elapsed_array(timetable, spans.started_us, until)
    running = arrays.elapsed_array(timetable, spans.started_us, until, pauses)
    return ClockColumns(
        effective_us=arrays.effective_array(timetable, spans.started_us),
        due_us=due,
        due_without_pauses_us=plain,
        paused_since_us=since,
        open_s=whole // SECOND_US,
        paused_open_s=(whole - running) // SECOND_US,
    )


def _ended(spans: SpanColumns) -> Pauses:
    """End the unfinished pauses of stopped clocks at the moment of the stop."""
    given = spans.pauses
    owner = np.repeat(np.arange(len(spans.started_us)), np.diff(given.offsets))
    ended = spans.stopped_us[owner]
    ends = np.where((given.ends_us == OPEN) & (ended != NEVER), ended, given.ends_us)
    return Pauses(given.offsets, given.starts_us, ends)


def _resting_since(pauses: Pauses, n: int) -> Moments:
    since = np.full(n, OPEN, np.int64)
    owner = np.repeat(np.arange(n), np.diff(pauses.offsets))
    still = pauses.ends_us == OPEN
    np.minimum.at(since, owner[still], pauses.starts_us[still])
    return np.where(since == OPEN, NEVER, since)


def _due_columns(
    definition: ClockDefinition, timetable: Timetable, started: Moments, pauses: Pauses
) -> Moments:
    within = definition.within
    if isinstance(within, BusinessSeconds):
        return arrays.due_array(timetable, started, within.seconds, pauses)
    if within.by == "close":
        return arrays.due_by_close_array(timetable, started, within.days, pauses)
    return arrays.due_same_time_array(timetable, started, within.days, pauses)
