"""Quality over the HTTP API: the summary that the command prints, and one measure of it."""

from datetime import date
from typing import Annotated, Any, Final

from django.conf import settings
from ninja import Query

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.api.problems import Problem
from shinrai.quality.queries.definitions import definitions
from shinrai.quality.queries.documents import summary_document
from shinrai.quality.queries.past_summary import quality_summary
from shinrai.quality.queries.summary import QualitySummary, summary_now
from shinrai.quality.rules.figures import plain
from shinrai.units.json_values import json_values
from shinrai.units.text import Text, in_both_languages
from shinrai.warehouse.store import Warehouse

router = ApiRouter(tags=["quality"])
reads = BearerKey(Permission.READ)
First = Annotated[date | None, Query(alias="from", description="Received on this date or later.")]
Last = Annotated[date | None, Query(alias="to", description="Received on this date or earlier.")]
DECLARED: Final = ("version", "owner", "grain", "unit", "better")
WORDS: Final = ("question", "numerator", "denominator", "unknown_when")


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
    every = {one.measure.key: one for one in definitions()}
    if key not in every:
        known = ", ".join(every)
        raise Problem(
            404, Text("there is no measure {key!r}; there are {known}", key=key, known=known)
        )
    found, defined = _summary(request, since, until, at), every[key]
    return json_values(
        {
            "measure": key,
            **{name: getattr(defined.measure, name) for name in DECLARED},
            **{name: in_both_languages(getattr(defined, name)) for name in WORDS},
            "at": found.at,
            "from": since,
            "to": until,
            "modes": {mode: plain(figures.get(key)) for mode, figures in found.modes.items()},
        }
    )


def _summary(
    request: KeyRequest, since: date | None, until: date | None, at: Any
) -> QualitySummary:
    """Return the summary from the counts per day; from the tables where there are none, or then."""
    there = request.workspace
    now = None if at else summary_now(workspace=there, since=since, until=until)
    return now or quality_summary(
        workspace=there,
        at=at or request.at,
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
        since=since,
        until=until,
    )
