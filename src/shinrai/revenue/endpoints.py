"""Revenue over the HTTP API: the summary that the command prints."""

from typing import Any

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Day, Moment
from shinrai.api.frame import ApiRouter
from shinrai.revenue.queries.summary import revenue_summary, summary_document
from shinrai.units.json_values import json_values

router = ApiRouter(tags=["revenue"])
reads = BearerKey(Permission.READ)


@router.get(f"{IN_WORKSPACE}/revenue/summary", auth=reads, response=dict[str, Any])
def read_revenue(
    request: KeyRequest, workspace: str, month: Day | None = None, at: Moment | None = None
) -> Any:
    """Say what recurs, what was paid and paid back, per contract and person, and who ended.

    The month is named by any of its dates; without it, all months are told.
    """
    at = at or request.at
    wanted = None if month is None else month.replace(day=1)
    found = revenue_summary(workspace=request.workspace, at=at, month=wanted)
    return json_values(summary_document(found, workspace=request.workspace, at=at))
