"""Compute which clocks would be due at another moment under another calendar.

Nothing is written. The same rules are used as for the stored clocks.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

import numpy as np

from shinrai.calendars.rules.document import calendar_digest, write_calendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.ledger.queries import case_heads
from shinrai.objectives.models import Clock
from shinrai.objectives.queries.judges import Judge, judges_of
from shinrai.objectives.rules.clocks import NEVER, clock_columns, span_columns
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.objectives.rules.states import STATES, ClockTable, Codes, Flags, Moments, states_at
from shinrai.units.moments import epoch_us, from_us

MOST = 100_000  # clocks looked at, the last to start first: a page is to answer within seconds
CHUNK = 50_000
SHOWN = 12
MISSES = (STATES.index("missed"), STATES.index("overdue"))
KEPT = STATES.index("kept")


@dataclass(frozen=True)
class Moved:
    """A clock that would be due at another moment; a moment of None: paused, not due."""

    case_key: str
    objective: str
    started_at: datetime
    due_at: datetime | None
    would_be: datetime | None
    state: str
    would_state: str
    is_going: bool


@dataclass(frozen=True)
class WhatIf:
    """What would change if a calendar were saved.

    `looked_at` clocks of `of` were compared, those that started last. `moved` of them would be due
    at another moment, `going` of these are neither stopped nor cancelled; `lost` are kept and would
    be missed, `won` the reverse. `examples`: unfinished clocks first, then the latest.
    """

    objectives: tuple[str, ...]
    of: int
    looked_at: int
    moved: int
    going: int
    lost: int
    won: int
    examples: tuple[Moved, ...]


@dataclass(frozen=True)
class _Row:
    """The parts of a stored clock needed to compute its due moment again."""

    span: ClockSpan
    due_at: datetime | None


@dataclass(frozen=True)
class _Compared:
    """Clocks of one objective's version, compared under the current and the other calendar.

    `would_us` is when each is due by the other calendar; `differs` marks those due at another
    moment, `going` those neither stopped nor cancelled.
    """

    judge: Judge
    rows: Sequence[_Row]
    would_us: Moments
    differs: Flags
    going: Flags
    before: Codes
    after: Codes

    def examples(self) -> Iterator["tuple[_Row, int]"]:
        found = np.flatnonzero(self.differs)
        for place in found[np.argsort(~self.going[found], kind="stable")][:SHOWN].tolist():
            yield self.rows[place], place


def what_if(*, workspace_id: int, name: str, calendar: Calendar, at: datetime) -> WhatIf:
    """Compute what would change if a calendar were saved under the name of a calendar in use."""
    judges = [j for j in judges_of(workspace_id=workspace_id) if j.calendar_name == name]
    found: list[_Compared] = []
    of = 0
    for judge in judges:
        of += _clocks(judge).count()
        room = MOST - sum(len(some.rows) for some in found)
        found += _compared(judge, calendar, at, room)
    examples = [(some, row, place) for some in found for row, place in some.examples()]
    examples.sort(key=lambda one: (not one[0].going[one[2]], -epoch_us(one[1].span.started_at)))
    shown = examples[:SHOWN]
    heads = case_heads([row.span.case_id for _, row, _ in shown])
    return WhatIf(
        objectives=tuple(dict.fromkeys(judge.objective.title for judge in judges)),
        of=of,
        looked_at=sum(len(some.rows) for some in found),
        moved=sum(int(some.differs.sum()) for some in found),
        going=sum(int((some.differs & some.going).sum()) for some in found),
        lost=sum(_turned(some.before, some.after) for some in found),
        won=sum(_turned(some.after, some.before) for some in found),
        examples=tuple(
            Moved(
                case_key=heads[row.span.case_id].source_key,
                objective=some.judge.objective.title,
                started_at=row.span.started_at,
                due_at=row.due_at,
                would_be=_moment(int(some.would_us[place])),
                state=STATES[some.before[place]],
                would_state=STATES[some.after[place]],
                is_going=bool(some.going[place]),
            )
            for some, row, place in shown
        ),
    )


def _turned(kept: Codes, missed: Codes) -> int:
    """Count the clocks that are kept in the first list and missed or overdue in the second."""
    return int(((kept == KEPT) & np.isin(missed, MISSES)).sum())


def _clocks(judge: Judge) -> Any:
    return Clock.objects.filter(basis__version_id=judge.version_id, gone=False)


def _compared(judge: Judge, calendar: Calendar, at: datetime, room: int) -> Iterator[_Compared]:
    digest = calendar_digest(write_calendar(calendar))
    other = replace(judge, calendar=calendar, calendar_digest=digest)
    fields = ("case_id", "index", "mode", "started_at", "stopped_at", "pauses", "cancelled_at")
    rows = _clocks(judge).order_by("-started_at", "id")
    walk = rows.values_list(*fields, "spam", "exempted_at", "due_at").iterator(chunk_size=CHUNK)
    while room > 0 and (some := [_row(row) for row in islice(walk, min(CHUNK, room))]):
        room -= len(some)
        spans = [row.span for row in some]
        would = clock_columns(other.definition, other.timetable(spans), span_columns(spans)).due_us
        now = _table(some, np.array([_us(row.due_at) for row in some], np.int64))
        then = replace(now, due_us=would)
        yield _Compared(
            judge=judge,
            rows=some,
            would_us=would,
            differs=now.due_us != would,
            going=(now.stopped_us == NEVER) & (now.cancelled_us == NEVER),
            before=states_at(now, at),
            after=states_at(then, at),
        )


def _row(row: Sequence[Any]) -> _Row:
    pauses = tuple(
        (from_us(since), None if until is None else from_us(until)) for since, until in row[5]
    )
    case_id, index, mode, started_at, stopped_at, _, cancelled_at, spam, exempted_at, due_at = row
    span = ClockSpan(
        case_id, index, mode, started_at, stopped_at, pauses, cancelled_at, spam, exempted_at
    )
    return _Row(span, due_at)


def _table(rows: Sequence[_Row], due_us: Moments) -> ClockTable:
    laid = span_columns([row.span for row in rows])
    nothing = np.zeros(len(rows), np.int64)
    return ClockTable(
        case_id=np.array([row.span.case_id for row in rows], np.int64),
        index=np.array([row.span.index for row in rows], np.int64),
        started_us=laid.started_us,
        stopped_us=laid.stopped_us,
        due_us=due_us,
        cancelled_us=laid.cancelled_us,
        spam=np.array([row.span.spam for row in rows], np.bool_),
        exempted_us=np.array([_us(row.span.exempted_at) for row in rows], np.int64),
        open_s=nothing,
        paused_open_s=nothing,
    )


def _us(at: datetime | None) -> int:
    return NEVER if at is None else epoch_us(at)


def _moment(us: int) -> datetime | None:
    return None if us == NEVER else from_us(us)
