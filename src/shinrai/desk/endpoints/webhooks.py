"""Webhooks over the HTTP API: what was sent to each, and sending it again."""

from typing import Any, Literal

from ninja import Query, Schema
from pydantic import Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.cursor import Cursor, CursorPage, ListPlace, PageLimit
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.api.problems import spoken_language
from shinrai.desk.endpoints.bodies import StrictBody
from shinrai.desk.operations.webhooks import ReplayRequest, replay
from shinrai.desk.queries.notices import notice_channels
from shinrai.desk.queries.webhooks import (
    DeliveryFilter,
    delivery_document,
    failed_by_webhook,
    webhook_deliveries,
    webhook_document,
)
from shinrai.units.json_values import json_values

router = ApiRouter(tags=["webhooks"])
leads = BearerKey(Permission.DELIVER)
sends = BearerKey(Permission.DELIVER, Scope.WRITE)


class DeliveryFilters(Schema):
    """Which messages are listed; of a case by its key."""

    webhook: int | None = Field(None, ge=1, le=2**31)
    state: Literal["waiting", "sent", "failed"] | None = None
    kind: Line | None = Field(None, description="As `type` of the event, after the point.")
    key: Line | None = None


class ReplayBody(StrictBody):
    """Which messages are sent again: one by its number, or those made in a span of time."""

    webhook: int = Field(ge=1, le=2**31)
    message: int | None = Field(None, ge=1, le=2**62)
    since: Moment | None = None
    until: Moment | None = None
    is_failed_only: bool = True


class ReplayAnswer(Schema):
    """How many messages are on their way again."""

    count: int


@router.get(f"{IN_WORKSPACE}/webhooks", auth=leads, response=list[dict[str, Any]])
def list_webhooks(request: KeyRequest, workspace: str) -> Any:
    """List the webhooks, the events each gets, and how many messages could not be sent."""
    there = request.workspace.id
    failed = failed_by_webhook(workspace_id=there)
    return [webhook_document(one, failed) for one in notice_channels(workspace_id=there)]


@router.get(f"{IN_WORKSPACE}/webhooks/messages", auth=leads, response=CursorPage)
def list_messages(
    request: KeyRequest,
    workspace: str,
    filters: Query[DeliveryFilters],
    limit: PageLimit = 50,
    cursor: Cursor = None,
) -> Any:
    """List what was sent to webhooks, the newest first."""
    asked = filters.dict(exclude_none=True)
    place = ListPlace(cursor, about=("webhooks", workspace, asked), at=request.at)
    found, total = webhook_deliveries(
        workspace=request.workspace, asked=DeliveryFilter(**asked), skip=place.skip, most=limit
    )
    language = spoken_language()
    documents = [{"message": one.delivery.id, **delivery_document(one, language)} for one in found]
    return place.page(json_values(documents), total=total)


@router.post(f"{IN_WORKSPACE}/webhooks/messages", auth=sends, response={201: ReplayAnswer})
def send_messages_again(
    request: KeyRequest, workspace: str, body: ReplayBody, idempotency_key: IdempotencyKey = None
) -> Any:
    """Send messages again, each under its `webhook-id`, by which the receiver knows it."""

    def write() -> dict[str, Any]:
        there, by = request.workspace.id, request.member.key
        asked = ReplayRequest(workspace_id=there, at=request.at, by=by, **body.model_dump())
        return {"count": replay(asked)}

    by = request.member.key
    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)
