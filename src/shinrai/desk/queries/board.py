"""The board: investigations as they stand, or stood at a past moment, and reports about them."""

from dataclasses import replace
from datetime import datetime

from shinrai.desk.queries.places import QueuePlace
from shinrai.desk.queries.queue import PastRows, Queue, QueueRequest, queue_of
from shinrai.desk.rules.open_case import case_standing
from shinrai.investigations.queries import all_investigations
from shinrai.ledger.queries import case_heads, standing_of
from shinrai.objectives.queries.judges import judges_of, spans_by_judge
from shinrai.objectives.queries.showing import shown_objectives
from shinrai.objectives.queries.standings import ObjectiveReport
from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.from_cases import INVESTIGATION_CLOCKS
from shinrai.objectives.rules.states import state_at
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse

INVESTIGATION = "investigation"
OPEN_PHASES = ("open", "sent_back", "waiting")
OPEN = ("overdue", "running", "paused")


def board_of(request: QueueRequest, *, is_now: bool) -> Queue:
    """List the investigations of one workspace that are open, or were at a past moment.

    The present is read from stored rows; a past moment is computed from the steps up to then.
    """
    request = replace(request, record=INVESTIGATION)
    [place] = request.places
    return queue_of(request if is_now else replace(request, past=_rows_then(place, request)))


def investigation_reports(
    *, workspace_id: int, at: datetime, warehouse: Warehouse
) -> tuple[ObjectiveReport, ...]:
    """Return the reports of the objectives about investigations."""
    every = shown_objectives(workspace_id=workspace_id, at=at, warehouse=warehouse)
    return tuple(r for r in every if r.standing.objective.clock.clock in INVESTIGATION_CLOCKS)


def _rows_then(place: QueuePlace, request: QueueRequest) -> PastRows:
    """Compute the rows of open cases and of the clocks that pressed them, from the steps."""
    there, at = place.workspace.id, request.at
    judges = [judge for judge in judges_of(workspace_id=there) if judge.record == INVESTIGATION]
    every = all_investigations(workspace_id=there, until=at)
    cases = [(case_id, case) for case_id, case in every if case.phase in OPEN_PHASES]
    lines = []
    for judge, spans in spans_by_judge(judges, cases):
        for span in spans:
            row = clock_row(judge.definition, judge.calendar, span)
            if state_at(row, at) in OPEN:
                lines.append((row.due_at, row.paused_since, span.case_id, judge.objective_id))
    lines.sort(key=lambda one: [(moment is None, epoch_us(moment or at)) for moment in one[:2]])
    first: dict[int, dict[str, object]] = {}
    for due_at, paused_since, case_id, number in lines:
        clock = {"case_id": case_id, "objective_id": number}
        first.setdefault(case_id, clock | {"due_at": due_at, "paused_since": paused_since})
    ids = [case_id for case_id, _ in cases]
    heads, found = case_heads(ids), []
    for case_id, steps in standing_of(ids, workspace_id=there, until=at).items():
        if (stands := case_standing(INVESTIGATION, steps)) is not None:
            given = {"case_id": case_id, "workspace_id": there, "record": INVESTIGATION}
            head = heads[case_id]
            given |= {"source": head.source, "source_key": head.source_key}
            found.append(given | stands.columns)
    return PastRows(found, list(first.values()))
