"""Walk the alarm of every objective over all its clocks and store where it stands."""

from datetime import datetime

from shinrai.objectives.models import AlarmState, Objective
from shinrai.objectives.queries.alarms import alarm_document
from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.queries.published import published_clocks
from shinrai.objectives.rules.alarms import alarm_at, known_since
from shinrai.warehouse.store import Warehouse


def walk_alarms(*, warehouse: Warehouse, at: datetime) -> None:
    """Store the alarm of every objective as of a moment; a stored later one is left."""
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
