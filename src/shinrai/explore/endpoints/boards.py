"""Questions and dashboards over the HTTP API: read, save, pin, and the answers of tiles."""

from datetime import date
from typing import Annotated, Any, ClassVar

from ninja import Query, Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Clean, Day, Document, Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.explore.operations.dashboards import retire_dashboard, save_dashboard
from shinrai.explore.operations.questions import retire_question, save_question
from shinrai.explore.operations.tiles import answered_tiles
from shinrai.explore.queries.alerts import alerts
from shinrai.explore.queries.dashboards import dashboard_keys, dashboard_named, dashboards
from shinrai.explore.queries.documents import (
    alert_document,
    board_document,
    question_document,
    tile_document,
)
from shinrai.explore.queries.questions import broken_by, question_keys, question_named, questions
from shinrai.explore.queries.tiles import TileRequest
from shinrai.explore.rules.dashboard import period_asked, read_dashboard
from shinrai.explore.rules.permission import view_of
from shinrai.explore.rules.question import QuestionFields
from shinrai.sandbox.statements import MOST_CHARACTERS

router = ApiRouter(tags=["explore"])
reads = BearerKey(Permission.READ)
writes = BearerKey(Permission.FILE_INVESTIGATION, Scope.WRITE)
First = Annotated[Day | None, Query(alias="from", description="The first date looked at.")]
Last = Annotated[Day | None, Query(alias="to", description="The last date looked at.")]


class QuestionBody(Schema):
    """A question as it is saved; under a key that is there, its next version."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    title: Clean = Field(min_length=1, max_length=200)
    sql: Clean = Field(min_length=1, max_length=MOST_CHARACTERS)
    description: Clean = Field("", max_length=1000)
    defaults: dict[Line, Line] = Field(default_factory=dict, max_length=50)
    chart: Document = Field(default_factory=dict, max_length=7)
    owner: Clean = Field("", max_length=80)
    review_on: date | None = None


class DashboardBody(Schema):
    """A dashboard as it is saved; tiles as in its file."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    title: Clean = Field(min_length=1, max_length=200)
    period: Clean = Field("13-weeks", max_length=20)
    tiles: list[Document] = Field(default_factory=list, max_length=40)


@router.get(f"{IN_WORKSPACE}/questions", auth=reads, response=dict[str, Any])
def list_questions(request: KeyRequest, workspace: str, needs: Line = "") -> Any:
    """List the questions; with `needs=table.column` those that a change of it would break."""
    found = questions(workspace_id=request.workspace.id)
    if needs:
        found = broken_by(needs, workspace_id=request.workspace.id)
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
            view=view_of(request.member.roles),
            at=request.at,
            by=by,
        )
        return question_document(kept)

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


@router.post(f"{IN_WORKSPACE}/questions/{{key}}/retire", auth=writes, response=dict[str, Any])
def end_question(
    request: KeyRequest, workspace: str, key: Line, idempotency_key: IdempotencyKey = None
) -> Any:
    """Retire a question; saved again, it is there again."""
    there, by = request.workspace.id, request.member.key

    def write() -> dict[str, Any]:
        retire_question(workspace_id=there, key=key, at=request.at, by=by)
        return question_document(question_named(workspace_id=there, key=key))

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


@router.get(f"{IN_WORKSPACE}/dashboards", auth=reads, response=dict[str, Any])
def list_dashboards(request: KeyRequest, workspace: str) -> Any:
    """List the dashboards."""
    found = dashboards(workspace_id=request.workspace.id)
    return {"dashboards": [board_document(one) for one in found]}


@router.get(f"{IN_WORKSPACE}/dashboards/{{key}}", auth=reads, response=dict[str, Any])
def read_dashboard_tiles(
    request: KeyRequest,
    workspace: str,
    key: Line,
    period: Line = "",
    topic: Line = "",
    since: First = None,
    until: Last = None,
) -> Any:
    """Read a dashboard with the answers of its tiles; those not there yet are computed."""
    found = dashboard_named(workspace_id=request.workspace.id, key=key)
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    asked = TileRequest(
        request.workspace,
        view_of(request.member.roles),
        "ja" if request.workspace.language == "ja" else "en",
        period_asked(period, found.period, today=today, since=since, until=until),
        topic,
    )
    tiles = [tile_document(one) for one in answered_tiles(asked, found, at=request.at)]
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


@router.post(f"{IN_WORKSPACE}/dashboards/{{key}}/retire", auth=writes, response=dict[str, Any])
def end_dashboard(
    request: KeyRequest, workspace: str, key: Line, idempotency_key: IdempotencyKey = None
) -> Any:
    """Retire a dashboard: its links show nothing any more; saved again, it is there again."""
    there, by = request.workspace.id, request.member.key

    def write() -> dict[str, Any]:
        retire_dashboard(workspace_id=there, key=key, at=request.at, by=by)
        found = dashboard_named(workspace_id=there, key=key, with_retired=True)
        return {**board_document(found), "is_retired": True}

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)
