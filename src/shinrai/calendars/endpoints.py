"""Calendars over the HTTP API: when something is due, as `shinrai calendars due` says."""

from typing import Any, Literal

from ninja import Query, Schema
from pydantic import Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.api.problems import Problem
from shinrai.calendars.queries import calendar_named, calendars
from shinrai.calendars.rules.business_time import effective
from shinrai.calendars.rules.due import MOST, Target, due_moment
from shinrai.calendars.rules.moment_text import read_pause
from shinrai.units.json_values import json_values
from shinrai.units.text import Text

router = ApiRouter(tags=["calendars"])
reads = BearerKey(Permission.READ)


class DueQuestion(Schema):
    """From when, how much business time, read how, and while what the clock stands still."""

    start: Moment
    business_days: int | None = Field(None, ge=0, le=MOST["close"])
    business_seconds: int | None = Field(None, ge=0, le=MOST["seconds"])
    by: Literal["close", "same-time"] = Field("close", description="How days are read.")
    pause: list[Line] = Field([], max_length=100, description="FROM/TO; FROM/ while it goes on.")


@router.get(f"{IN_WORKSPACE}/calendars", auth=reads, response=list[dict[str, Any]])
def list_calendars(request: KeyRequest, workspace: str) -> Any:
    """List the calendars: their names, and when each was saved last."""
    found = calendars(workspace_id=request.workspace.id)
    return [
        json_values({"name": one.name, "revision": one.revision, "saved_at": one.saved_at})
        for one in found
    ]


@router.get(f"{IN_WORKSPACE}/calendars/{{name}}/due", auth=reads, response=dict[str, Any])
def read_due(request: KeyRequest, workspace: str, name: Line, asked: Query[DueQuestion]) -> Any:
    """Say when something is due by a calendar of the workspace; null while a pause goes on."""
    days, seconds = asked.business_days, asked.business_seconds
    if (days is None) == (seconds is None):
        names = ("business_days", "business_seconds")
        raise Problem(422, Text("send exactly one of: {names}", names=names))
    target = Target(seconds or 0, "seconds") if days is None else Target(days, asked.by)
    calendar = calendar_named(workspace_id=request.workspace.id, name=name).calendar
    pauses = [read_pause(calendar, text) for text in asked.pause]
    return json_values(
        {
            "effective_at": effective(calendar, asked.start),
            "due_at": due_moment(calendar, asked.start, target, pauses),
        }
    )
