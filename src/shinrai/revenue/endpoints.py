"""Revenue over the HTTP API: the summary that the command prints."""

from typing import Any

from django.conf import settings

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Day, Moment
from shinrai.api.frame import ApiRouter
from shinrai.revenue.queries.learners import joined_summary
from shinrai.units.json_values import json_values
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import UsageScope
from shinrai.warehouse.store import Warehouse

router = ApiRouter(tags=["revenue"])
reads = BearerKey(Permission.READ)


@router.get(f"{IN_WORKSPACE}/revenue/summary", auth=reads, response=dict[str, Any])
def read_revenue(
    request: KeyRequest, workspace: str, month: Day | None = None, at: Moment | None = None
) -> Any:
    """Say what recurs, what was paid and paid back, per contract and person, and who ended.

    The month is named by any of its dates; without it, all months are told.
    """
    there = request.workspace
    scope = UsageScope(
        there.id,
        there.zone,
        at or request.at,
        Warehouse(settings.SHINRAI_WAREHOUSE),
        persons=actors_merged(there.id),
    )
    wanted = None if month is None else month.replace(day=1)
    return json_values(joined_summary(there, scope, month=wanted)[1])
