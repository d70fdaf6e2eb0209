"""Satisfaction over the HTTP API: the summary and the change that the commands print."""

from typing import Any

from django.conf import settings

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.api.problems import Problem
from shinrai.satisfaction.queries.change import (
    USUAL_DAYS,
    BadChange,
    ChangeQuestion,
    change_document,
    satisfaction_change,
)
from shinrai.satisfaction.queries.summary import satisfaction_summary, summary_document
from shinrai.satisfaction.queries.surveys import UnknownSurvey
from shinrai.units.json_values import json_values
from shinrai.warehouse.store import Warehouse

router = ApiRouter(tags=["satisfaction"])
reads = BearerKey(Permission.READ)


@router.get(f"{IN_WORKSPACE}/satisfaction/summary", auth=reads, response=dict[str, Any])
def read_satisfaction(
    request: KeyRequest,
    workspace: str,
    survey: Line | None = None,
    wave: Line | None = None,
    at: Moment | None = None,
) -> Any:
    """Say the score of each survey, who answered, and what those did who kept silent."""
    try:
        found = satisfaction_summary(
            request.workspace,
            at=at or request.at,
            warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
            survey=survey,
            wave=wave,
        )
    except UnknownSurvey as error:
        raise Problem(404, error.text) from error
    return {"series": json_values(summary_document(found))}


@router.get(f"{IN_WORKSPACE}/satisfaction/change", auth=reads, response=dict[str, Any])
def read_change(
    request: KeyRequest,
    workspace: str,
    around: Line | None = None,
    days: int = USUAL_DAYS,
    at: Moment | None = None,
) -> Any:
    """Say how satisfaction changed, of those who answered both times and of others apart.

    Between the last two waves of each survey, or around a date or a declared event.
    """
    asked = ChangeQuestion(around=around, days=days)
    try:
        found = satisfaction_change(request.workspace, at=at or request.at, asked=asked)
    except BadChange as error:
        raise Problem(422, fields={"around": error.text}) from error
    return {"changes": json_values(change_document(found))}
