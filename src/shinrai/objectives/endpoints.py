"""Objectives over the HTTP API, as the documents that commands print."""

from typing import Any

from django.conf import settings

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.objectives.queries.documents import standing_document
from shinrai.objectives.queries.standings import all_reports, objective_report
from shinrai.units.json_values import json_values
from shinrai.warehouse.store import Warehouse

router = ApiRouter(tags=["objectives"])
reads = BearerKey(Permission.READ)


@router.get(f"{IN_WORKSPACE}/objectives", auth=reads, response=list[dict[str, Any]])
def list_objectives(request: KeyRequest, workspace: str, at: Moment | None = None) -> Any:
    """Say how every objective stands, now or at a moment."""
    found = all_reports(
        workspace_id=request.workspace.id,
        at=at or request.at,
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
    )
    return [json_values(standing_document(report)) for report in found]


@router.get(f"{IN_WORKSPACE}/objectives/{{name}}", auth=reads, response=dict[str, Any])
def read_objective(
    request: KeyRequest, workspace: str, name: Line, at: Moment | None = None
) -> Any:
    """Say how an objective stands: kept, missed, and how many misses are left."""
    report = objective_report(
        workspace_id=request.workspace.id,
        name=name,
        at=at or request.at,
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
    )
    return json_values(standing_document(report))
