"""Quality over the HTTP API: the summary that the command prints, and one measure of it."""

from datetime import date
from typing import Annotated, Any

from django.conf import settings
from ninja import Query

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.quality.queries.documents import measure_document, summary_document
from shinrai.quality.queries.past_summary import asked_summary
from shinrai.quality.queries.summary import QualitySummary
from shinrai.units.json_values import json_values
from shinrai.warehouse.store import Warehouse

router = ApiRouter(tags=["quality"])
reads = BearerKey(Permission.READ)
First = Annotated[date | None, Query(alias="from", description="Received on this date or later.")]
Last = Annotated[date | None, Query(alias="to", description="Received on this date or earlier.")]


@router.get(f"{IN_WORKSPACE}/quality", auth=reads, response=dict[str, Any])
def read_quality(
    request: KeyRequest,
    workspace: str,
    since: First = None,
    until: Last = None,
    at: Moment | None = None,
) -> Any:
    """Say every figure of support quality, or why it cannot be known; dates are included."""
    return json_values(summary_document(_summary(request, since, until, at)))


@router.get(f"{IN_WORKSPACE}/measures/{{key}}", auth=reads, response=dict[str, Any])
def read_measure(
    request: KeyRequest,
    workspace: str,
    key: Line,
    since: First = None,
    until: Last = None,
    at: Moment | None = None,
) -> Any:
    """Say one figure of quality by each mode, with its definition."""
    found = _summary(request, since, until, at)
    return json_values(measure_document(key, found))


def _summary(
    request: KeyRequest, since: date | None, until: date | None, at: Any
) -> QualitySummary:
    return asked_summary(
        workspace=request.workspace,
        at=at,
        now=request.at,
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
        dates=(since, until),
    )
