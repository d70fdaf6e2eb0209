"""The queue: all open cases, of both kinds, ordered by due moment, page by page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from shinrai.calendars.rules.arrays import elapsed_array
from shinrai.desk.queries.board import BoardRow, next_day
from shinrai.desk.queries.titles import titles
from shinrai.inquiries.rules.replay import replay as replay_inquiry
from shinrai.investigations.rules.replay import replay as replay_investigation
from shinrai.ledger.queries import CaseHead, case_heads, steps_of
from shinrai.ledger.rules.steps import Step, standing
from shinrai.objectives.queries.going import Going, Group, clocks_going
from shinrai.objectives.queries.judges import Judge, judges_of
from shinrai.objectives.queries.lines import ClockLine
from shinrai.units.moments import epoch_us

A_PAGE = 50


@dataclass(frozen=True)
class Queue:
    """A page of open cases, and the number of cases in each group and of each kind."""

    rows: tuple[BoardRow, ...]
    going: Going
    closes_at: datetime | None
    closes_today: bool
    measures_inquiries: bool
    has_objectives: bool


def queue_of(
    *,
    workspace_id: int,
    at: datetime,
    record: str | None = None,
    group: Group | None = None,
    search: str = "",
    sort: str = "due",
    skip: int = 0,
    most: int = A_PAGE,
) -> Queue:
    """List the open cases as of now, most urgent first unless `sort` gives another order.

    Who holds a case, and what it waits for, is computed from its steps for this page's rows only.
    """
    newest = {judge.objective.name: judge for judge in judges_of(workspace_id=workspace_id)}
    day = next_day(newest.values(), at)
    going = clocks_going(
        workspace_id=workspace_id,
        at=at,
        closes_at=day.close if day else None,
        record=record,
        group=group,
        search=search,
        sort=sort,
        skip=skip,
        most=most,
    )
    return Queue(
        rows=tuple(_rows(workspace_id, going.lines, newest, at)),
        going=going,
        closes_at=day.close if day else None,
        closes_today=day is not None
        and any(judge.calendar.local(at).date() == day.on for judge in newest.values()),
        measures_inquiries=any(judge.record == "inquiry" for judge in newest.values()),
        has_objectives=bool(newest),
    )


def _rows(
    workspace_id: int, lines: Sequence[ClockLine], judges: Mapping[str, Judge], at: datetime
) -> Iterable[BoardRow]:
    ids = [line.row.case_id for line in lines]
    heads, steps = case_heads(ids), steps_of(ids, workspace_id=workspace_id)
    about = titles(steps)
    left = _business_times(lines, judges, at)
    for line in lines:
        case_id = line.row.case_id
        holder, paused_for = _held(heads[case_id], steps.get(case_id, []), at)
        yield BoardRow(
            case_key=line.case_key,
            title=about.get(case_id, ""),
            objective=judges[line.objective].objective.title,
            state=line.state,
            started_at=line.row.started_at,
            due_at=line.row.due_at,
            business_time=left.get((case_id, line.objective)),
            holder=holder,
            paused_since=line.row.paused_since,
            paused_for=paused_for,
            record=heads[case_id].record,
        )


def open_rows(case_ids: Sequence[int], *, workspace_id: int, at: datetime) -> Iterable[BoardRow]:
    """Return the rows of open cases that no objective has a clock of, in the order given."""
    heads, steps = case_heads(case_ids), steps_of(case_ids, workspace_id=workspace_id)
    about = titles(steps)
    for case_id in case_ids:
        found = steps.get(case_id)
        if not found:
            continue
        holder, paused_for = _held(heads[case_id], found, at)
        yield BoardRow(
            case_key=heads[case_id].source_key,
            title=about.get(case_id, ""),
            state="running",
            started_at=found[0].at,
            holder=holder,
            paused_for=paused_for,
            record=heads[case_id].record,
        )


def _held(head: CaseHead, steps: Sequence[Step], at: datetime) -> tuple[str | None, str]:
    """Return who holds a case now, and the reason it is paused or ""."""
    stands = standing(steps, until=at)
    if head.record == "investigation":
        state = replay_investigation(stands)
        waits = [p for item in state.rounds for p in item.pauses if p.until is None]
        return state.holder, waits[-1].reason if waits else ""
    asked = replay_inquiry(stands)
    rests = [pause for pause in asked.pauses if pause.until is None]
    last = asked.stretches[-1] if asked.stretches else None
    holder = last.holder if last is not None and last.until is None else None
    return holder, rests[-1].reason if rests else ""


def _business_times(
    lines: Sequence[ClockLine], judges: Mapping[str, Judge], at: datetime
) -> dict[tuple[int, str], timedelta]:
    """Return the open time left until each due moment, negative if past.

    Shape: {(case id, objective): time}; computed with arrays, as some cases are late by years.
    """
    found: dict[tuple[int, str], timedelta] = {}
    now = epoch_us(at)
    for name, judge in judges.items():
        mine = [line for line in lines if line.objective == name and line.row.due_at is not None]
        if not mine:
            continue
        dues = [line.row.due_at for line in mine if line.row.due_at is not None]
        years = [due.year for due in (*dues, at)]
        due_us = np.array([epoch_us(due) for due in dues], np.int64)
        now_us = np.full(len(dues), now, np.int64)
        open_us = elapsed_array(
            judge.years(min(years) - 1, max(years)),
            np.minimum(due_us, now_us),
            np.maximum(due_us, now_us),
        )
        signed = np.where(due_us >= now, open_us, -open_us).tolist()
        for line, us in zip(mine, signed, strict=True):
            found[line.row.case_id, name] = timedelta(microseconds=us)
    return found
