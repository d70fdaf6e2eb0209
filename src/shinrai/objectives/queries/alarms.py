"""The alarm of an objective as the worker stored it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from shinrai.objectives.models import AlarmState
from shinrai.objectives.rules.alarms import Alarm
from shinrai.statistics.cusum import CusumPlan, CusumSteps
from shinrai.units.unknown import Unknown


@dataclass(frozen=True)
class StoredAlarm:
    """An alarm, the moment it was computed for, and the first start of a clock on record."""

    alarm: Alarm | Unknown
    at: datetime
    known_since: datetime


def stored_alarms(*, objective_ids: Collection[int]) -> dict[int, StoredAlarm]:
    """Return the stored alarms of objectives, of those for which the worker has computed one."""
    rows = AlarmState.objects.filter(objective_id__in=objective_ids)
    return {
        row.objective_id: StoredAlarm(_read(row.alarm), row.at, row.known_since) for row in rows
    }


def alarm_document(alarm: Alarm | Unknown) -> dict[str, Any]:
    """Return an alarm as values that can be stored as JSON."""
    if isinstance(alarm, Unknown):
        return {"unknown": alarm.reason, "ja": alarm.ja}
    plan = alarm.plan
    return {
        "target": str(plan.target),
        "yearly_volume": plan.yearly_volume,
        "climb": plan.steps.climb,
        "sink": plan.steps.sink,
        "threshold": plan.threshold,
        "run_length": plan.run_length,
        "height": alarm.height,
        "alarmed_at": [at.isoformat() for at in alarm.alarmed_at],
    }


def _read(document: dict[str, Any]) -> Alarm | Unknown:
    if "unknown" in document:
        return Unknown(document["unknown"], document["ja"])
    plan = CusumPlan(
        target=Fraction(document["target"]),
        yearly_volume=document["yearly_volume"],
        steps=CusumSteps(document["climb"], document["sink"]),
        threshold=document["threshold"],
        run_length=document["run_length"],
    )
    return Alarm(
        plan=plan,
        height=document["height"],
        alarmed_at=tuple(datetime.fromisoformat(at) for at in document["alarmed_at"]),
    )
