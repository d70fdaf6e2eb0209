"""Writes of trends: the failure a topic is about, and what the worker prepared."""

from datetime import datetime
from typing import Any

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.trends.models import FailureMapping, PreparedTrends
from shinrai.trends.queries.affected import Failure, failures
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.day_counts import fill_of


class NoFailure(UserError, ValueError):
    """A failure that cannot be that of a topic."""


@transaction.atomic
def name_failure(*, workspace_id: int, failure: Failure, at: datetime, by: str) -> None:
    """Say which event of usage shows what a topic is about; one without an event ends that.

    Raises: NoFailure.
    """
    if not failure.topic or len(failure.topic) > 80:
        raise NoFailure(Text("name a topic by its key, of at most 80 characters"))
    if bool(failure.property) != bool(failure.value) or (failure.property and not failure.event):
        raise NoFailure(Text("a property needs an event and a value: --event E --where name=value"))
    long = (failure.event, 200), (failure.property, 80), (failure.value, 200)
    if any(len(words) > most for words, most in long):
        raise NoFailure(Text("names of events and values have at most 200 characters"))
    if failures(workspace_id=workspace_id).get(failure.topic) == failure:
        return
    FailureMapping.objects.create(
        workspace_id=workspace_id,
        topic=failure.topic,
        event=failure.event,
        property=failure.property,
        value=failure.value,
        at=at,
        by=by,
    )
    record_action(
        workspace_id=workspace_id,
        what="failure named",
        subject=f"topic:{failure.topic}",
        at=at,
        by=by,
    )


def prepare_trends(*, workspace: WorkspaceRecord, at: datetime) -> bool:
    """Prepare the trends of a workspace where something changed; return whether it was."""
    ground = _rests_on(workspace, at)
    if ground is None:
        return False
    rows = PreparedTrends.objects.filter(workspace_id=workspace.id)
    if rows.filter(rests_on=ground).exists():
        return False
    from shinrai.trends.queries.document import trends_document
    from shinrai.trends.queries.report import Trends

    values = {
        "prepared_at": at,
        "rests_on": ground,
        "document": trends_document(Trends(workspace, at).report()),
    }
    PreparedTrends.objects.update_or_create(workspace_id=workspace.id, defaults=values)
    return True


def _rests_on(workspace: WorkspaceRecord, at: datetime) -> dict[str, Any] | None:
    """Return what trends depend on; None before anything was counted.

    Usage changes all the time: it is looked at again each hour.
    """
    fill = fill_of("quality", workspace_id=workspace.id)
    if fill is None:
        return None
    mapping = FailureMapping.objects.filter(workspace_id=workspace.id).order_by("-id")
    return {
        "basis": fill.basis,
        "hour": f"{at.astimezone(zone_named(workspace.zone)):%Y-%m-%d %H}",
        "mapping": mapping.values_list("id", flat=True).first(),
        "events": [one.id for one in declared_events(workspace_id=workspace.id)],
    }
