"""Which version of which objective judges a clock, and with which calendar."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

import numpy as np

from shinrai.calendars.queries import calendar_named
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.stored_document import StoredCalendar, read_stored_calendar
from shinrai.calendars.rules.timetable import Timetable, compile_calendar
from shinrai.inquiries.rules.replay import Inquiry
from shinrai.investigations.rules.replay import Investigation
from shinrai.objectives.models import ObjectiveVersion
from shinrai.objectives.rules.clocks import NEVER, clock_columns, span_columns
from shinrai.objectives.rules.definition import ClockDefinition, Objective
from shinrai.objectives.rules.document import read_objective
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS, case_spans
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.objectives.rules.states import ClockTable, clock_table
from shinrai.units.moments import epoch_us

KEPT_TIMETABLES = 16
DIGEST_LENGTH = 64  # of the column it is stored in
HORIZON_YEARS = 3  # beyond the last start: no target reaches further in practice


@dataclass(frozen=True)
class Judge:
    """One version of an objective, with the calendar that its due moments follow.

    `is_partial`: part of the stored calendar is not accepted any more and was left out. Due moments
    computed before are kept until the calendar is saved again, and no verdict is frozen.
    """

    objective_id: int
    objective: Objective
    number: int
    version_id: int
    calendar: Calendar
    calendar_name: str
    calendar_digest: str
    valid_from: datetime | None
    valid_until: datetime | None
    is_partial: bool = False

    @property
    def definition(self) -> ClockDefinition:
        """Return the definition of the clock this objective measures."""
        return self.objective.clock

    def judges(self, started_at: datetime) -> bool:
        """Return whether this version was in force when a clock started."""
        return (self.valid_from is None or self.valid_from <= started_at) and (
            self.valid_until is None or started_at < self.valid_until
        )

    @property
    def record(self) -> str:
        """Return the kind of case its clock runs on: `investigation` or `inquiry`."""
        return "investigation" if self.definition.clock in INVESTIGATION_CLOCKS else "inquiry"

    def timetable(self, spans: Sequence[ClockSpan]) -> Timetable:
        """Compile the calendar for the years these spans need."""
        first = min(span.started_at for span in spans).year - 1
        moments = [span.stopped_at or span.started_at for span in spans]
        moments += [until for span in spans for _, until in span.pauses if until is not None]
        return self.years(first, max(moments).year)

    def zone_at(self, at: datetime) -> str:
        """Return the name of the calendar's time zone at a moment."""
        return self.calendar.version_at(at).zone

    def years(self, first: int, last: int) -> Timetable:
        """Compile the calendar for starts in these years, and further years for due moments."""
        return _timetable(self, first, last + HORIZON_YEARS)

    def table(self, spans: Sequence[ClockSpan]) -> ClockTable:
        """Compute the clocks of some spans as columns, from which their states can be derived."""
        if not spans:
            return clock_table([])
        laid = span_columns(spans)
        computed = clock_columns(self.definition, self.timetable(spans), laid)
        return ClockTable(
            case_id=np.array([span.case_id for span in spans], np.int64),
            index=np.array([span.index for span in spans], np.int64),
            started_us=laid.started_us,
            stopped_us=laid.stopped_us,
            due_us=computed.due_us,
            cancelled_us=laid.cancelled_us,
            spam=np.array([span.spam for span in spans], np.bool_),
            exempted_us=np.array(
                [NEVER if s.exempted_at is None else epoch_us(s.exempted_at) for s in spans],
                np.int64,
            ),
            open_s=computed.open_s,
            paused_open_s=computed.paused_open_s,
        )


def spans_by_judge(
    judges: Sequence[Judge], cases: Iterable[tuple[int, Investigation | Inquiry]]
) -> list[tuple[Judge, list[ClockSpan]]]:
    """Assign the spans of cases to the version in force when each started."""
    found: list[tuple[Judge, list[ClockSpan]]] = [(judge, []) for judge in judges]
    for case_id, case in cases:
        for judge, mine in found:
            mine += [
                span
                for span in case_spans(case_id, case, judge.definition)
                if span.mode == judge.definition.mode and judge.judges(span.started_at)
            ]
    return found


_compiled: dict[tuple[str, int, int], Timetable] = {}


def _timetable(judge: Judge, first: int, last: int) -> Timetable:
    """Compile a calendar for whole years; the last `KEPT_TIMETABLES` results are cached."""
    key = (judge.calendar_digest, first, last)
    if key not in _compiled:
        while len(_compiled) >= KEPT_TIMETABLES:
            _compiled.pop(next(iter(_compiled)))
        _compiled[key] = compile_calendar(judge.calendar, date(first, 1, 1), date(last, 12, 31))
    return _compiled[key]


def judges_of(
    *,
    workspace_id: int,
    objective_ids: Collection[int] | None = None,
    name: str | None = None,
) -> list[Judge]:
    """List every version of a workspace's objectives as a judge, each objective's oldest first."""
    rows = ObjectiveVersion.objects.filter(objective__workspace_id=workspace_id)
    if name is not None:
        rows = rows.filter(objective__name=name)
    if objective_ids is not None:
        rows = rows.filter(objective_id__in=list(objective_ids))
    judges: list[Judge] = []
    calendars: dict[str, tuple[str, str, StoredCalendar]] = {}
    by_objective = groupby(rows.order_by("objective_id", "number"), lambda row: row.objective_id)
    for _, versions in by_objective:
        listed = list(versions)
        ends = [*(row.valid_from for row in listed[1:]), None]
        judges += [
            _judge(workspace_id, row, until, calendars)
            for row, until in zip(listed, ends, strict=True)
        ]
    return judges


def _judge(
    workspace_id: int,
    row: ObjectiveVersion,
    valid_until: datetime | None,
    calendars: dict[str, tuple[str, str, StoredCalendar]],
) -> Judge:
    """Make a judge of a version; `calendars` are those read already, by what names them."""
    objective = _objective(json.dumps(row.document))
    named = json.dumps(objective.clock.calendar, sort_keys=True, default=str)
    if named not in calendars:
        calendars[named] = _calendar(workspace_id, objective.clock.calendar)
    name, digest, stored = calendars[named]
    is_partial = stored.refused is not None
    return Judge(
        objective_id=row.objective_id,
        objective=objective,
        number=row.number,
        version_id=row.pk,
        calendar=stored.calendar,
        calendar_name=name,
        # Another digest: when all of it can be read, these clocks are computed again.
        calendar_digest=f"partial:{digest}"[:DIGEST_LENGTH] if is_partial else digest,
        valid_from=row.valid_from,
        valid_until=valid_until,
        is_partial=is_partial,
    )


def _calendar(workspace_id: int, named: str | Mapping[str, Any]) -> tuple[str, str, StoredCalendar]:
    if isinstance(named, str):
        saved = calendar_named(workspace_id=workspace_id, name=named)
        return saved.name, saved.digest, StoredCalendar(saved.calendar, saved.refused)
    text = json.dumps(named, sort_keys=True, default=str)
    return "inline", hashlib.sha256(text.encode()).hexdigest(), _read(text)


@lru_cache(maxsize=64)
def _read(text: str) -> StoredCalendar:
    return read_stored_calendar(json.loads(text))


@lru_cache(maxsize=64)
def _objective(text: str) -> Objective:
    return read_objective(json.loads(text), is_stored=True)
