"""The board: which cases are late, due next, running and paused, and what is left of budgets."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from shinrai.calendars.rules.business_time import elapsed
from shinrai.calendars.rules.days import NothingOpen, days_since
from shinrai.calendars.rules.hours import OpenDay
from shinrai.desk.queries.titles import titles
from shinrai.investigations.queries import all_investigations, investigations_of
from shinrai.investigations.rules.replay import replay
from shinrai.ledger.queries import case_heads, cases_of, steps_of
from shinrai.ledger.rules.steps import standing
from shinrai.objectives.queries.judges import Judge, judges_of, spans_by_judge
from shinrai.objectives.queries.lines import ClockLine, cases_promised, clocks_now
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS
from shinrai.objectives.rules.states import State, state_at
from shinrai.warehouse.store import Warehouse

MOST_ROWS = 60  # of each list; the counts are always of all
INVESTIGATION = "investigation"
OPEN_PHASES = ("open", "sent_back", "waiting")
OPEN: tuple[State, ...] = ("overdue", "running", "paused")


@dataclass(frozen=True)
class BoardRow:
    """An open case, with the objective whose clock is most urgent."""

    case_key: str
    title: str
    state: State
    started_at: datetime
    holder: str | None
    objective: str = ""
    due_at: datetime | None = None
    business_time: timedelta | None = None
    paused_since: datetime | None = None
    paused_for: str = ""
    record: str = INVESTIGATION


@dataclass(frozen=True)
class BoardList:
    """One list of the board: its first rows, and the number of rows in all."""

    rows: tuple[BoardRow, ...]
    count: int

    @property
    def left_out(self) -> int:
        """Return the number of rows that are not shown."""
        return self.count - len(self.rows)


@dataclass(frozen=True)
class Board:
    """All that the board page shows."""

    late: BoardList
    at_risk: BoardList
    running: BoardList
    at_rest: BoardList
    closes_at: datetime | None
    closes_today: bool
    reports: tuple[ObjectiveReport, ...]  # of the objectives about investigations
    unpromised: BoardList  # open, but no objective has a clock of them: the oldest first
    has_cases: bool

    @property
    def next_row(self) -> BoardRow | None:
        """Return the case to open first: a late one, else the one due next."""
        for found in (self.late, self.at_risk, self.running, self.at_rest, self.unpromised):
            if found.rows:
                return found.rows[0]
        return None


def board_of(*, workspace_id: int, at: datetime, is_now: bool, warehouse: Warehouse) -> Board:
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
    listed = _one_per_case(line for line in lines if line.state in OPEN)
    groups = {
        "late": [line for line in listed if line.state == "overdue"],
        "at_risk": [line for line in listed if _is_at_risk(line, close)],
        "running": [
            line for line in listed if line.state == "running" and not _is_at_risk(line, close)
        ],
        "at_rest": [line for line in listed if line.state == "paused"],
    }
    shown = [line for found in groups.values() for line in found[:MOST_ROWS]]
    rows = {row.case_key: row for row in _rows(workspace_id, shown, newest, at)}
    lists = {
        name: BoardList(
            tuple(rows[line.case_key] for line in found[:MOST_ROWS] if line.case_key in rows),
            len(found),
        )
        for name, found in groups.items()
    }
    every = shown_objectives(workspace_id=workspace_id, at=at, warehouse=warehouse)
    reports = tuple(r for r in every if r.standing.objective.clock.clock in INVESTIGATION_CLOCKS)
    return Board(
        **lists,
        closes_at=close,
        closes_today=day is not None
        and any(judge.calendar.local(at).date() == day.on for judge in newest.values()),
        reports=reports,
        unpromised=_unpromised(workspace_id, at),
        has_cases=bool(cases_of(workspace_id=workspace_id, record=INVESTIGATION)),
    )


def _unpromised(workspace_id: int, at: datetime) -> BoardList:
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
    shown = [case_id for _, case_id in asked[:MOST_ROWS]]
    heads, about = case_heads(shown), titles(steps_of(shown, workspace_id=workspace_id))
    rows = tuple(
        BoardRow(
            case_key=heads[case_id].source_key,
            title=about.get(case_id, ""),
            state="running",
            started_at=filed_at,
            holder=states[case_id].holder,
        )
        for filed_at, case_id in asked[:MOST_ROWS]
    )
    return BoardList(rows, len(asked))


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
    """Return the business day that closes next; what is due by its close is at risk."""
    days: list[OpenDay] = []
    for judge in judges:
        with suppress(NothingOpen):
            days.append(next(days_since(judge.calendar, at)))
    return min(days, key=lambda day: day.close, default=None)


def _is_at_risk(line: ClockLine, close: datetime | None) -> bool:
    due = line.row.due_at
    return line.state == "running" and due is not None and close is not None and due <= close


def _rows(
    workspace_id: int, lines: Sequence[ClockLine], judges: Mapping[str, Judge], at: datetime
) -> Iterable[BoardRow]:
    """Make the row of each clock: adds who holds the case and what it is about."""
    steps = steps_of([line.row.case_id for line in lines], workspace_id=workspace_id)
    about = titles(steps)
    for line in lines:
        case_id, row = line.row.case_id, line.row
        found = steps.get(case_id)
        if not found:
            continue
        state = replay(standing(found, until=at))
        pauses = [p for item in state.rounds for p in item.pauses if p.until is None]
        judge = judges[line.objective]
        yield BoardRow(
            case_key=line.case_key,
            title=about.get(case_id, ""),
            objective=judge.objective.title,
            state=line.state,
            started_at=row.started_at,
            due_at=row.due_at,
            business_time=_business_time(judge, row.due_at, at),
            holder=state.holder,
            paused_since=row.paused_since,
            paused_for=pauses[-1].reason if pauses else "",
        )


def _business_time(judge: Judge, due_at: datetime | None, at: datetime) -> timedelta | None:
    """Return the open time left until the due moment; negative if that is past."""
    if due_at is None:
        return None
    if due_at >= at:
        return elapsed(judge.calendar, at, due_at)
    return -elapsed(judge.calendar, due_at, at)
