"""Prepare what goes with an earlier end of contracts, which takes too long for a page."""

from datetime import datetime
from typing import Any

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.revenue.models import ContractStep, PreparedHazard
from shinrai.units.json_values import json_values
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import UsageScope
from shinrai.warehouse.store import Warehouse


def prepared_hazard(workspace_id: int) -> PreparedHazard | None:
    """Return what the worker computed last; None before it did for the first time."""
    return PreparedHazard.objects.filter(workspace_id=workspace_id).first()


def prepare_hazard(*, workspace: WorkspaceRecord, at: datetime) -> bool:
    """Prepare the hazard of an end, once a day and after new contracts; return whether it was."""
    newest = ContractStep.objects.filter(contract__workspace_id=workspace.id).order_by("-id")
    if not (last := newest.values_list("id", flat=True).first()):
        return False
    ground = {"step": last, "on": f"{at.astimezone(zone_named(workspace.zone)).date()}"}
    rows = PreparedHazard.objects.filter(workspace_id=workspace.id)
    if rows.filter(rests_on=ground).exists():
        return False
    from shinrai.revenue.queries.hazard import contract_hazard, hazard_document

    scope = UsageScope(
        workspace.id,
        workspace.zone,
        at,
        Warehouse(settings.SHINRAI_WAREHOUSE),
        persons=actors_merged(workspace.id),
    )
    document: dict[str, Any] = json_values(hazard_document(contract_hazard(scope)))
    values = {"prepared_at": at, "rests_on": ground, "document": document}
    PreparedHazard.objects.update_or_create(workspace_id=workspace.id, defaults=values)
    return True
