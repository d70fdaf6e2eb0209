"""Bring all derived data up to date: clocks, published tables, alarms, verdicts."""

from dataclasses import dataclass
from datetime import datetime

from shinrai.objectives.facts import CLOCK_FACTS, CLOCKS
from shinrai.objectives.measures import MEASURES
from shinrai.objectives.models import AlarmState, Objective
from shinrai.objectives.operations.freezing import freeze_closed_windows
from shinrai.objectives.operations.refreshing import recompute_outdated_clocks
from shinrai.objectives.queries.alarms import alarm_document
from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.queries.published import published_clocks
from shinrai.objectives.rules.alarms import alarm_at, known_since
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.measures.declared import MEASURES as OF_QUALITY
from shinrai.quality.operations.basis import settle_on_calendar
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.measure_versions import record_versions
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from shinrai.workload.measures.declared import MEASURES as OF_WORK


@dataclass(frozen=True)
class CaughtUp:
    """How much was updated: objectives recomputed, clock rows published, verdicts frozen.

    `published` counts rows of clocks, `facts` rows of inquiries and investigations.
    """

    recomputed: int
    published: int
    frozen: int
    facts: int


def catch_up(*, warehouse: Warehouse, at: datetime) -> CaughtUp:
    """Recompute outdated clocks, publish changed rows, and freeze the verdicts of closed windows.

    Clocks are published first, so that objectives do not wait for the facts of quality.
    The cost grows with what is new; if nothing is, a few queries run. It is called after a change,
    before a question about windows, and from the task `objectives:catch_up`.
    """
    record_versions((*MEASURES, *OF_QUALITY, *OF_WORK), at=at)
    recomputed = recompute_outdated_clocks()
    clocks = publish(warehouse, CLOCK_FACTS, at=at)
    walk_alarms(warehouse=warehouse, at=at)
    frozen = freeze_closed_windows(warehouse=warehouse, at=at)
    settle_calendars()
    done = refresh(warehouse, at=at)
    facts = sum(done[table.name].rows for table in (INQUIRIES, INVESTIGATIONS))
    return CaughtUp(recomputed, clocks.rows + done[CLOCKS.name].rows, frozen, facts)


def settle_calendars() -> None:
    """Make quality use the calendar of the inquiry objectives, if they all name the same one.

    A workspace with several calendars has no other setting for the calendar its replies follow.
    """
    for workspace_id in Objective.objects.values_list("workspace_id", flat=True).distinct():
        judges = {judge.objective_id: judge for judge in judges_of(workspace_id=workspace_id)}
        named = {judge.calendar_name for judge in judges.values() if judge.record == "inquiry"}
        settle_on_calendar(workspace_id=workspace_id, name=named.pop() if len(named) == 1 else "")


def walk_alarms(*, warehouse: Warehouse, at: datetime) -> None:
    """Compute and store the alarm of every objective at a moment; later stored ones are kept."""
    for objective in Objective.objects.order_by("id"):
        stored = AlarmState.objects.filter(objective=objective).first()
        if stored is not None and stored.at > at:
            continue
        judges = judges_of(workspace_id=objective.workspace_id, objective_ids=[objective.pk])
        clocks = published_clocks(
            workspace_id=objective.workspace_id, objective_id=objective.pk, warehouse=warehouse
        )
        tables = [(judge.objective.target, clocks.of_version(judge.number)) for judge in judges]
        since = known_since([table for _, table in tables], at)
        alarm = alarm_at(tables, known_since=since, at=at)
        AlarmState.objects.update_or_create(
            objective=objective,
            defaults={"at": at, "known_since": since, "alarm": alarm_document(alarm)},
        )
