"""Clocks as lines: for the queues, a case's page, and the list behind a figure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from shinrai.objectives.models import Clock
from shinrai.objectives.rules.clocks import ClockRow
from shinrai.objectives.rules.states import State, state_at

_FIELDS = (
    "case_id",
    "index",
    "mode",
    "started_at",
    "effective_at",
    "stopped_at",
    "due_at",
    "due_without_pauses_at",
    "paused_since",
    "cancelled_at",
    "spam",
    "exempted_at",
    "open_s",
    "paused_open_s",
)


@dataclass(frozen=True, slots=True)
class ClockLine:
    """One clock of one case under one objective, and its state at the moment asked about."""

    objective: str
    case_key: str
    row: ClockRow
    state: State


def clocks_now(
    *, workspace_id: int, at: datetime, objective: str | None = None, is_open: bool = True
) -> list[ClockLine]:
    """List clocks from PostgreSQL, most urgent first; only unfinished ones if `is_open`.

    States come from comparing moments with `due_at`: no due moment is computed.
    """
    rows = Clock.objects.filter(workspace_id=workspace_id, gone=False)
    if objective is not None:
        rows = rows.filter(objective__name=objective)
    if is_open:
        rows = rows.filter(stopped_at__isnull=True, cancelled_at__isnull=True)
    return _lines(rows.values_list("objective__name", "case__source_key", *_FIELDS), at)


def clocks_of_case(*, workspace_id: int, case_id: int, at: datetime) -> list[ClockLine]:
    """List every clock of one case, from PostgreSQL."""
    rows = Clock.objects.filter(workspace_id=workspace_id, case_id=case_id, gone=False)
    return _lines(rows.values_list("objective__name", "case__source_key", *_FIELDS), at)


def lines_of(rows: QuerySet[Clock], at: datetime) -> list[ClockLine]:
    """Return the lines of some clocks, in the order of the query."""
    return _read(rows.values_list("objective__name", "case__source_key", *_FIELDS), at)


def _lines(rows: Iterable[tuple[object, ...]], at: datetime) -> list[ClockLine]:
    return sorted(_read(rows, at), key=_urgency)


def _read(rows: Iterable[tuple[object, ...]], at: datetime) -> list[ClockLine]:
    lines = []
    for objective, case_key, *values in rows:
        row = ClockRow(*values)  # type: ignore[arg-type]
        state = state_at(row, at)
        if state is not None:
            lines.append(ClockLine(str(objective), str(case_key), row, state))
    return lines


def _urgency(line: ClockLine) -> tuple[bool, datetime, str]:
    """Return a sort key: by due moment; paused clocks last, longest paused first."""
    due = line.row.due_at
    return (due is None, due or line.row.paused_since or line.row.started_at, line.case_key)
