"""Questions and dashboards over the HTTP API: read, save, pin, and the answers of tiles."""

from datetime import date
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.explore.operations.dashboards import save_dashboard
from shinrai.explore.operations.questions import save_question
from shinrai.explore.operations.tiles import compute_tile
from shinrai.explore.queries.alerts import alerts
from shinrai.explore.queries.dashboards import dashboard_keys, dashboard_named, dashboards
from shinrai.explore.queries.documents import (
    alert_document,
    board_document,
    question_document,
    tile_document,
)
from shinrai.explore.queries.questions import question_keys, question_named, questions
from shinrai.explore.queries.tiles import TileRequest, shown_tiles
from shinrai.explore.rules.dashboard import PERIODS, period_of, read_dashboard
from shinrai.explore.rules.permission import view_of
from shinrai.explore.rules.question import QuestionFields
from shinrai.sandbox.statements import MOST_CHARACTERS

router = ApiRouter(tags=["explore"])
reads = BearerKey(Permission.READ)
writes = BearerKey(Permission.FILE_INVESTIGATION, Scope.WRITE)


class QuestionBody(Schema):
    """A question as it is saved; under a key that is there, its next version."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=200)
    sql: str = Field(min_length=1, max_length=MOST_CHARACTERS)
    description: str = Field("", max_length=1000)
    defaults: dict[Line, Line] = Field(default_factory=dict, max_length=50)
    chart: dict[Line, Any] = Field(default_factory=dict, max_length=7)
    owner: str = Field("", max_length=80)
    review_on: date | None = None


class DashboardBody(Schema):
    """A dashboard as it is saved; tiles as in its file."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    title: str = Field(min_length=1, max_length=200)
    period: str = Field("13-weeks", max_length=20)
    tiles: list[dict[str, Any]] = Field(default_factory=list, max_length=40)


@router.get(f"{IN_WORKSPACE}/questions", auth=reads, response=dict[str, Any])
def list_questions(request: KeyRequest, workspace: str) -> Any:
    """List the questions."""
    found = questions(workspace_id=request.workspace.id)
    return {"questions": [question_document(one) for one in found]}


@router.get(f"{IN_WORKSPACE}/questions/{{key}}", auth=reads, response=dict[str, Any])
def read_question(request: KeyRequest, workspace: str, key: Line) -> Any:
    """Read a question."""
    return question_document(question_named(workspace_id=request.workspace.id, key=key))


@router.put(f"{IN_WORKSPACE}/questions/{{key}}", auth=writes, response=dict[str, Any])
def put_question(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: QuestionBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Save a question under a key."""
    there, by = request.workspace.id, request.member.key

    def write() -> dict[str, Any]:
        kept = save_question(
            workspace_id=there,
            key=key,
            fields=QuestionFields(**body.dict()),
            is_new=key not in question_keys(workspace_id=there),
            at=request.at,
            by=by,
        )
        return question_document(kept)

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


@router.get(f"{IN_WORKSPACE}/dashboards", auth=reads, response=dict[str, Any])
def list_dashboards(request: KeyRequest, workspace: str) -> Any:
    """List the dashboards."""
    found = dashboards(workspace_id=request.workspace.id)
    return {"dashboards": [board_document(one) for one in found]}


@router.get(f"{IN_WORKSPACE}/dashboards/{{key}}", auth=reads, response=dict[str, Any])
def read_dashboard_tiles(
    request: KeyRequest, workspace: str, key: Line, period: Line = "", topic: Line = ""
) -> Any:
    """Read a dashboard with the answers of its tiles; those not there yet are computed."""
    found = dashboard_named(workspace_id=request.workspace.id, key=key)
    today = request.at.astimezone(ZoneInfo(request.workspace.zone)).date()
    asked = TileRequest(
        request.workspace,
        view_of(request.member.roles),
        "ja" if request.workspace.language == "ja" else "en",
        period_of(period if period in PERIODS else found.period, today),
        topic,
    )
    for one in shown_tiles(asked, found.tiles, at=request.at):
        if not one.is_ready:
            compute_tile(asked, one.tile, at=request.at)
    tiles = [tile_document(one) for one in shown_tiles(asked, found.tiles, at=request.at)]
    watched = alerts(workspace_id=request.workspace.id, dashboard=key)
    return {
        **board_document(found),
        "tiles": tiles,
        "alerts": [alert_document(one) for one in watched],
    }


@router.put(f"{IN_WORKSPACE}/dashboards/{{key}}", auth=writes, response=dict[str, Any])
def put_dashboard(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: DashboardBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Save a dashboard under a key."""
    there, by = request.workspace.id, request.member.key

    def write() -> dict[str, Any]:
        period, tiles = read_dashboard({"period": body.period, "tiles": body.tiles})
        kept = save_dashboard(
            workspace_id=there,
            key=key,
            title=body.title,
            period=period,
            tiles=tiles,
            is_new=key not in dashboard_keys(workspace_id=there),
            at=request.at,
            by=by,
        )
        return board_document(kept)

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)
