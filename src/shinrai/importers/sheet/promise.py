"""What a promise says of the cases of a sheet, before anything is imported."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from shinrai.calendars.rules.calendar_form import read_form, usual_form
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.hours import Calendar
from shinrai.calendars.rules.timetable import compile_calendar
from shinrai.importers.sheet.cases import SheetCase
from shinrai.importers.sheet.choices import Record
from shinrai.objectives.rules.clocks import NEVER, clock_columns, span_columns
from shinrai.objectives.rules.definition import (
    BusinessDays,
    ClockDefinition,
    ClockName,
    PauseKind,
)
from shinrai.objectives.rules.document import write_objective
from shinrai.objectives.rules.promise import PromiseForm, read_promise
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.units.moments import from_us

WITHIN: Final = BusinessDays(2, "close")
PAUSED_BY: Final[tuple[PauseKind, ...]] = ("sent_back", "customer")
CLOCKS: Final[dict[Record, ClockName]] = {
    "investigation": "investigation",
    "inquiry": "resolution_first",
}
CALENDAR_NAME: Final = "office"
HORIZON_YEARS: Final = 2  # after the last case, in which it falls due


@dataclass(frozen=True)
class JudgedCase:
    """A case with its due moment (None while it is paused), and whether the promise was kept.

    `kept` is None while that is open, and where the sheet does not say when the case ended.
    """

    case: SheetCase
    due_at: datetime | None
    kept: bool | None


def usual_calendar(zone: str) -> dict[str, Any]:
    """Return a calendar of Monday to Friday 9:00-18:00, with the holidays of the zone's country."""
    return read_form(usual_form(zone), None)


USUAL: Final = ClockDefinition("investigation", "via_cs", WITHIN, {}, PAUSED_BY)


def judge(
    cases: Sequence[SheetCase],
    calendar: Calendar,
    *,
    at: datetime,
    definition: ClockDefinition = USUAL,
) -> list[JudgedCase]:
    """Return the due moment of each case and whether it was kept, as of a moment."""
    paused = {"waiting" if kind == "customer" else kind for kind in definition.pauses}
    spans = [_span(number, case, paused) for number, case in enumerate(cases)]
    if not spans:
        return []
    years = [span.started_at.year for span in spans]
    last = max([*years, *(span.stopped_at.year for span in spans if span.stopped_at)])
    timetable = compile_calendar(
        calendar, date(min(years) - 1, 1, 1), date(last + HORIZON_YEARS, 12, 31)
    )
    due = clock_columns(definition, timetable, span_columns(spans)).due_us.tolist()
    found = []
    for case, due_us in zip(cases, due, strict=True):
        due_at = None if due_us == NEVER else from_us(due_us)
        found.append(JudgedCase(case, due_at, _kept(case, due_at, at)))
    return found


def _span(number: int, case: SheetCase, paused: set[str]) -> ClockSpan:
    return ClockSpan(
        case_id=number,
        index=1,
        mode="via_cs",
        started_at=case.filed_at,
        stopped_at=case.answered_at,
        pauses=tuple((since, until) for since, until, why in case.pauses if why in paused),
        cancelled_at=case.withdrawn_at if case.answered_at is None else None,
        spam=False,
        exempted_at=None,
    )


def _kept(case: SheetCase, due_at: datetime | None, at: datetime) -> bool | None:
    if due_at is None:
        return None
    if case.answered_at is not None:
        return case.answered_at <= due_at
    if case.withdrawn_at is not None and case.withdrawn_at <= due_at:
        return None
    if case.is_unknown:
        return None
    return False if due_at < at else None


def promise_document(record: Record, zone: str) -> dict[str, Any]:
    """Return the usual promise as OpenSLO: within 2 business days by the close, 90 % a month."""
    pauses = tuple(kind for kind in PAUSED_BY if kind != "sent_back" or record != "inquiry")
    form = PromiseForm(
        name=f"within-{WITHIN.days}-days",
        clock=CLOCKS[record],
        calendar=CALENDAR_NAME,
        pauses=pauses,
    )
    return write_objective(read_promise(form, service=record, zone=zone))


def calendar_of(document: Any) -> Calendar:
    """Read a calendar's document. Raises: BadCalendar."""
    return read_calendar(document)
