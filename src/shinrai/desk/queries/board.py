"""The board as of a past moment: which investigations were late, due next, running and paused."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from shinrai.desk.queries.places import QueuePlace
from shinrai.desk.queries.queue import ATTRIBUTES, PRIORITIES, Queue, QueueChoices, QueueRequest
from shinrai.desk.queries.rows import (
    ROW_GROUPS,
    BoardRow,
    RowClock,
    rows_then,
    titled,
    with_clocks,
)
from shinrai.desk.rules.open_case import ENDED, NOT_BEGUN
from shinrai.investigations.queries import all_investigations
from shinrai.investigations.rules.replay import Investigation
from shinrai.objectives.queries.judges import judges_of, spans_by_judge
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS
from shinrai.objectives.rules.states import state_at
from shinrai.privacy.rules.masking import folded
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse

INVESTIGATION = "investigation"
OPEN = ("overdue", "running", "paused")
NEVER = 2**62


def board_then(request: QueueRequest) -> Queue:
    """List the investigations that were open at a past moment, from the steps up to then.

    The present is read from stored rows (`queries.queue.queue_of`); both give the same answer.
    """
    [place] = request.places
    rows = _rows_then(place, request.at)
    counts = Counter(row.group for row in rows)
    choices = _choices(rows, place)
    wanted = [row for row in rows if _is_wanted(row, request, place)]
    if words := folded(request.search).split():
        texts = {row.case_id: folded(_text(row)) for row in titled(wanted)}
        wanted = [row for row in wanted if all(word in texts[row.case_id] for word in words)]
    wanted = _in_order(wanted, request.sort, choices)
    return Queue(
        rows=tuple(titled(wanted[request.skip : request.skip + request.most])),
        places=(place,),
        counts={one: counts[one] for one in ROW_GROUPS if counts[one] or one != "unpromised"},
        views={},
        records={INVESTIGATION: len(rows)},
        due_next=0,
        listed=len(wanted),
        choices=choices,
    )


def investigation_reports(
    *, workspace_id: int, at: datetime, warehouse: Warehouse
) -> tuple[ObjectiveReport, ...]:
    """Return the reports of the objectives about investigations."""
    every = shown_objectives(workspace_id=workspace_id, at=at, warehouse=warehouse)
    return tuple(r for r in every if r.standing.objective.clock.clock in INVESTIGATION_CLOCKS)


def _rows_then(place: QueuePlace, at: datetime) -> list[BoardRow]:
    workspace_id = place.workspace.id
    judges = [j for j in judges_of(workspace_id=workspace_id) if j.record == INVESTIGATION]
    cases: list[tuple[int, Investigation]] = [
        (case_id, case)
        for case_id, case in all_investigations(workspace_id=workspace_id, until=at)
        if case.phase not in ENDED | NOT_BEGUN
    ]
    clocks: dict[int, RowClock] = {}
    for judge, spans in spans_by_judge(judges, cases):
        for span in spans:
            row = clock_row(judge.definition, judge.calendar, span)
            if state_at(row, at) in OPEN:
                one = RowClock(judge.objective_id, row.due_at, row.paused_since)
                clocks[span.case_id] = min(clocks.get(span.case_id, one), one, key=_pressing)
    rows = rows_then(
        (case_id for case_id, _ in cases), workspace_id=workspace_id, at=at, names=place.names
    )
    rows = with_clocks(rows, clocks, places={workspace_id: place}, at=at)
    return sorted(rows, key=lambda row: (*_pressing(row), row.started_at, row.case_id))


def _pressing(clock: RowClock | BoardRow) -> tuple[int, int]:
    """Return a sort key: due first, then paused longest, then what has no clock."""
    return tuple(epoch_us(at) if at else NEVER for at in (clock.due_at, clock.paused_since))  # type: ignore[return-value]


def _value(row: BoardRow, name: str, place: QueuePlace) -> str:
    value: str = getattr(row.about, name)
    return place.names.book.counts_as(value) if name == "topic" and value else value


def _choices(rows: list[BoardRow], place: QueuePlace) -> QueueChoices:
    values = {name: sorted({_value(r, name, place) for r in rows} - {""}) for name in ATTRIBUTES}
    values["priority"].sort(key=lambda one: (*PRIORITIES, one).index(one))
    names = place.names.persons
    values["person"] = sorted((p for p in values["person"] if p in names), key=names.__getitem__)
    topics = {one: place.names.topic(one) for one in values["topic"]}
    return QueueChoices(values, {"person": names, "topic": topics}, {})


def _is_wanted(row: BoardRow, request: QueueRequest, place: QueuePlace) -> bool:
    state = request.asked.get("state")
    return (state not in ROW_GROUPS or row.group == state) and all(
        _value(row, name, place) == request.asked[name]
        for name in ATTRIBUTES
        if request.asked.get(name)
    )


def _text(row: BoardRow) -> str:
    topic = row.topic_name or ""
    return f"{row.case_key} {row.title} {row.person_name} {row.about.service} {topic}"


def _in_order(rows: list[BoardRow], sort: str, choices: QueueChoices) -> list[BoardRow]:
    """Sort rows, which stand in order of urgency, by a column; unknown values stand last."""
    name, is_down = sort.removeprefix("-"), sort.startswith("-")
    keys: dict[str, Callable[[BoardRow], Any]] = {
        "case": lambda row: folded(row.case_key),
        "age": lambda row: -epoch_us(row.started_at),
        "due": lambda row: epoch_us(row.due_at) if row.due_at else None,
    }
    if name in ATTRIBUTES:
        places = {value: place for place, value in enumerate(choices.values[name])}
        keys[name] = lambda row: places.get(getattr(row.about, name))
    if name not in keys:
        return rows
    ranked = [row for row in rows if keys[name](row) is not None]
    rest = [row for row in rows if keys[name](row) is None]
    return sorted(ranked, key=keys[name], reverse=is_down) + rest
