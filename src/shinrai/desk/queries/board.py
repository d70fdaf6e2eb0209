"""The board: which cases are late, due next, running and paused, and what is left of budgets."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from shinrai.calendars.rules.days import NothingOpen, days_since
from shinrai.calendars.rules.hours import OpenDay
from shinrai.desk.queries.rows import (
    BoardRow,
    OpenCases,
    RowGroup,
    case_rows,
    group_of,
    open_cases,
    open_rows,
)
from shinrai.investigations.queries import all_investigations, investigations_of
from shinrai.ledger.queries import case_heads, cases_of
from shinrai.objectives.queries.going import GROUPS
from shinrai.objectives.queries.judges import Judge, judges_of, spans_by_judge
from shinrai.objectives.queries.lines import ClockLine, cases_promised, clocks_now
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.queries.usual import UsualTime, risk_moments, usual_times
from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS
from shinrai.objectives.rules.states import State, state_at
from shinrai.warehouse.store import Warehouse

INVESTIGATION = "investigation"
OPEN_PHASES = ("open", "sent_back", "waiting")
OPEN: tuple[State, ...] = ("overdue", "running", "paused")


@dataclass(frozen=True)
class Board:
    """All that the board page shows; of each open investigation a row, the most urgent first.

    Those no objective has a clock of stand last, the oldest first. The rows have no titles yet.
    """

    rows: tuple[BoardRow, ...]
    known: OpenCases
    closes_at: datetime | None
    closes_today: bool
    reports: tuple[ObjectiveReport, ...]  # of the objectives about investigations
    usual: dict[str, UsualTime]  # by the title of the objective
    has_cases: bool

    @property
    def counts(self) -> dict[RowGroup, int]:
        """Return the number of rows in each group; only "unpromised" is left out if it has none."""
        found: dict[RowGroup, int] = dict.fromkeys(GROUPS, 0)
        for row in self.rows:
            found[row.group] = found.get(row.group, 0) + 1
        return found

    @property
    def next_row(self) -> BoardRow | None:
        """Return the case to open first: a late one, else the one due next."""
        return next(iter(self.rows), None)


def board_of(
    *,
    workspace_id: int,
    at: datetime,
    is_now: bool,
    warehouse: Warehouse,
    has_names: bool = True,
) -> Board:
    """Return the board of a workspace as of a moment.

    The present is read from stored clocks; a past moment is computed from the steps up to then.
    """
    judges = [judge for judge in judges_of(workspace_id=workspace_id) if _is_ours(judge)]
    newest = {judge.objective.name: judge for judge in judges}
    lines = (
        [
            line
            for name in newest
            for line in clocks_now(workspace_id=workspace_id, at=at, objective=name)
        ]
        if is_now
        else _lines_then(workspace_id, judges, at)
    )
    day = next_day(newest.values(), at)
    close = day.close if day else None
    usual = usual_times(workspace_id=workspace_id, at=at)
    risk = risk_moments(newest.values(), usual, at=at, closes_at=close)
    listed = _one_per_case(line for line in lines if line.state in OPEN)
    grouped = [(line, group_of(line, risk)) for line in listed]
    rows = case_rows(grouped, workspace_id=workspace_id, judges=newest, at=at, has_names=has_names)
    rows += _unpromised(workspace_id, at, has_names)
    every = shown_objectives(workspace_id=workspace_id, at=at, warehouse=warehouse)
    reports = tuple(r for r in every if r.standing.objective.clock.clock in INVESTIGATION_CLOCKS)
    return Board(
        rows=tuple(rows),
        known=open_cases(
            [row.case_id for row in rows], workspace_id=workspace_id, at=at, has_names=has_names
        ),
        closes_at=close,
        closes_today=day is not None
        and any(judge.calendar.local(at).date() == day.on for judge in newest.values()),
        reports=reports,
        usual={newest[name].objective.title: one for name, one in usual.items() if name in newest},
        has_cases=bool(cases_of(workspace_id=workspace_id, record=INVESTIGATION)),
    )


def _unpromised(workspace_id: int, at: datetime, has_names: bool) -> list[BoardRow]:
    """List the open investigations that no objective covers, the oldest first."""
    promised = cases_promised(workspace_id=workspace_id, record=INVESTIGATION)
    every = cases_of(workspace_id=workspace_id, record=INVESTIGATION)
    ids = [case_id for case_id in every if case_id not in promised]
    states = investigations_of(ids, workspace_id=workspace_id, until=at)
    asked = sorted(
        (state.filed_at, case_id)
        for case_id, state in states.items()
        if state.phase in OPEN_PHASES and state.filed_at is not None
    )
    return open_rows(
        [case_id for _, case_id in asked], workspace_id=workspace_id, at=at, has_names=has_names
    )


def _is_ours(judge: Judge) -> bool:
    return judge.record == INVESTIGATION


def _lines_then(workspace_id: int, judges: Sequence[Judge], at: datetime) -> list[ClockLine]:
    """Compute the clocks that had not ended at a moment, from the steps up to then."""
    cases = all_investigations(workspace_id=workspace_id, until=at)
    going = [
        (judge, span)
        for judge, spans in spans_by_judge(judges, cases)
        for span in spans
        if span.stopped_at is None and span.cancelled_at is None
    ]
    heads = case_heads({span.case_id for _, span in going})
    lines: list[ClockLine] = []
    for judge, span in going:
        row = clock_row(judge.definition, judge.calendar, span)
        state = state_at(row, at)
        if state is not None:
            key = heads[span.case_id].source_key
            lines.append(ClockLine(judge.objective.name, key, row, state))
    return lines


def _one_per_case(lines: Iterable[ClockLine]) -> list[ClockLine]:
    """Keep the most urgent clock of each case: the earliest due, paused ones last."""
    first: dict[int, ClockLine] = {}
    for line in sorted(lines, key=_pressing):
        first.setdefault(line.row.case_id, line)
    return list(first.values())


def _pressing(line: ClockLine) -> tuple[bool, datetime, str]:
    due = line.row.due_at
    return (due is None, due or line.row.paused_since or line.row.started_at, line.case_key)


def next_day(judges: Iterable[Judge], at: datetime) -> OpenDay | None:
    """Return the business day that closes next."""
    days: list[OpenDay] = []
    for judge in judges:
        with suppress(NothingOpen):
            days.append(next(days_since(judge.calendar, at)))
    return min(days, key=lambda day: day.close, default=None)
