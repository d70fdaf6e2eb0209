"""The queue: all open cases, of both kinds, ordered by due moment, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shinrai.desk.queries.board import next_day
from shinrai.desk.queries.rows import (
    ATTRIBUTES,
    BoardRow,
    OpenCases,
    case_rows,
    group_of,
    open_cases,
    titled,
)
from shinrai.objectives.queries.going import Going, Group, cases_going, clocks_going
from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.queries.usual import UsualTime, risk_moments, usual_times

A_PAGE = 50


@dataclass(frozen=True)
class Queue:
    """A page of open cases, and the number of cases in each group and of each kind.

    `known` is what filters offer, if they were asked for; `usual` the usual time to answer, by the
    title of the objective.
    """

    rows: tuple[BoardRow, ...]
    going: Going
    closes_at: datetime | None
    closes_today: bool
    measures_inquiries: bool
    has_objectives: bool
    usual: dict[str, UsualTime]
    known: OpenCases | None = None


def queue_of(
    *,
    workspace_id: int,
    at: datetime,
    record: str | None = None,
    group: Group | None = None,
    asked: Mapping[str, str] | None = None,
    has_names: bool = True,
    search: str = "",
    sort: str = "due",
    skip: int = 0,
    most: int = A_PAGE,
) -> Queue:
    """List the open cases as of now, most urgent first unless `sort` gives another order.

    Who holds a case, and what it waits for, is computed from its steps for this page's rows only.
    What else is said of it is read for all open cases where the list is narrowed by it (`asked`, by
    attribute), or its filters are shown; without names nobody is found or chosen by theirs.
    """
    newest = {judge.objective.name: judge for judge in judges_of(workspace_id=workspace_id)}
    day = next_day(newest.values(), at)
    usual = usual_times(workspace_id=workspace_id, at=at)
    risk = risk_moments(newest.values(), usual, at=at, closes_at=day.close if day else None)
    known = None
    if asked is not None or search:
        ids = cases_going(workspace_id=workspace_id, at=at, record=record)
        known = open_cases(ids, workspace_id=workspace_id, at=at, has_names=has_names)
    going = clocks_going(
        workspace_id=workspace_id,
        at=at,
        closes_at=day.close if day else None,
        risk_before=risk,
        record=record,
        group=group,
        search=search,
        found_too=known.found(search) if known and search else (),
        case_ids=known.chosen(asked or {}) if known else None,
        sort=sort,
        ranked=known.ordered(sort) if known and sort.removeprefix("-") in ATTRIBUTES else (),
        skip=skip,
        most=most,
    )
    lines = [(line, group_of(line, risk)) for line in going.lines]
    rows = case_rows(lines, workspace_id=workspace_id, judges=newest, at=at, has_names=has_names)
    return Queue(
        rows=tuple(titled(rows, workspace_id=workspace_id)),
        going=going,
        closes_at=day.close if day else None,
        closes_today=day is not None
        and any(judge.calendar.local(at).date() == day.on for judge in newest.values()),
        measures_inquiries=any(judge.record == "inquiry" for judge in newest.values()),
        has_objectives=bool(newest),
        usual={newest[name].objective.title: one for name, one in usual.items()},
        known=known,
    )
