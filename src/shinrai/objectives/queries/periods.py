"""An objective over a span of dates: its counts, those of earlier spans, and urgent clocks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from shinrai.calendars.rules.days import NothingOpen, days_since
from shinrai.calendars.rules.hours import Calendar
from shinrai.objectives.queries.clocks import Clocks, clocks_of
from shinrai.objectives.queries.judges import Judge
from shinrai.objectives.queries.showing import VerdictBeside
from shinrai.objectives.queries.standings import (
    DueLine,
    ObjectiveReport,
    due_between,
    objective_judges,
    report_of,
)
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.counts import WindowCounts, count_window
from shinrai.objectives.rules.states import ClockTable
from shinrai.objectives.rules.windows import RollingWindow, Window, WindowSpan, window_at
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse

LONG_AGO = timedelta(days=36500)
ON_TIME = ("overdue", "running")


@dataclass(frozen=True)
class ObjectivePeriod:
    """One objective over a span (`within`), over its own window (`own`), and over earlier spans.

    `late` are past due and not stopped at the span's moment, `at_risk` due by the next close; both
    of any window. `verdict` is the latest frozen one of a window that ended within the span.
    """

    judge: Judge
    within: ObjectiveReport
    own: ObjectiveReport
    spans: tuple[tuple[WindowSpan, WindowCounts], ...]
    late: tuple[DueLine, ...]
    at_risk: tuple[DueLine, ...]
    verdict: VerdictBeside | None


def objective_period(
    *,
    workspace_id: int,
    name: str,
    at: datetime,
    warehouse: Warehouse,
    span: WindowSpan,
    spans: Sequence[WindowSpan],
) -> ObjectivePeriod:
    """Return an objective's figures for a report; its clocks are read once.

    Raises: UnknownObjective.
    """
    judges = objective_judges(workspace_id=workspace_id, name=name)
    clocks = clocks_of(workspace_id, judges, warehouse, at=at, known=None)
    newest = judges[-1]
    within = report_of(judges, clocks, at=at, span=span)
    window = _own_window(newest.objective.window, span, at)
    is_own = (window.start, window.end) == (span.start, span.end)
    own = within if is_own else report_of(judges, clocks, at=at, span=window)
    late, at_risk = _pressing(newest.calendar, clocks, at)
    return ObjectivePeriod(
        judge=newest,
        within=within,
        own=own,
        spans=tuple((one, _counted(clocks, one, at)) for one in spans),
        late=late,
        at_risk=at_risk,
        verdict=_verdict(within, clocks, span, at),
    )


def _own_window(window: Window, span: WindowSpan, at: datetime) -> WindowSpan:
    """Return the objective's window at the moment; for a finished span, the window just ended."""
    if isinstance(window, RollingWindow):
        return window_at(window, at)
    found = window_at(window, at - timedelta(microseconds=1) if span.finished else at)
    return WindowSpan(found.start, found.end, finished=found.end <= at)


def _counted(clocks: Clocks, span: WindowSpan, at: datetime) -> WindowCounts:
    return sum((count_window(table, span, at) for table in clocks[0]), WindowCounts())


def _pressing(
    calendar: Calendar, clocks: Clocks, at: datetime
) -> tuple[tuple[DueLine, ...], tuple[DueLine, ...]]:
    """List the overdue clocks, and those due by the next close, earliest due first."""
    tables, _ = clocks
    try:
        until = next(days_since(calendar, at)).close
    except NothingOpen:
        until = at
    around = WindowSpan(at - LONG_AGO, until + timedelta(microseconds=1), finished=False)
    due = due_between([_going(table, at) for table in tables], around, at)
    found = [line for line in due.lines() if line.state in ON_TIME]
    return (
        tuple(line for line in found if line.state == "overdue"),
        tuple(line for line in found if line.state == "running"),
    )


def _going(table: ClockTable, at: datetime) -> ClockTable:
    """Keep the clocks that were not stopped by a moment."""
    stopped = (table.stopped_us != NEVER) & (table.stopped_us <= epoch_us(at))
    return table.where(~stopped)


def _verdict(
    within: ObjectiveReport, clocks: Clocks, span: WindowSpan, at: datetime
) -> VerdictBeside | None:
    for verdict in within.verdicts:  # the latest window first
        if span.start < verdict.window.end <= span.end and verdict.window.end <= at:
            return VerdictBeside(verdict, _counted(clocks, verdict.window, at).share)
    return None
