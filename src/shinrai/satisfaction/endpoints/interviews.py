"""Interviews over the HTTP API: rounds, invitations, steps, needs, quotes with their consent."""

from typing import Any, ClassVar

from django.conf import settings
from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, KeyRequest
from shinrai.accounts.operations.audit import record_view
from shinrai.api.fields import Clean, Document, Line
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.satisfaction.endpoints.answers import reads
from shinrai.satisfaction.endpoints.surveys import router as router  # the surveys' own
from shinrai.satisfaction.endpoints.surveys import writes
from shinrai.satisfaction.operations.interviews import (
    InterviewEntry,
    declare_need,
    declare_round,
    draw_invitations,
    invite_person,
    record_interview_step,
)
from shinrai.satisfaction.queries.interviews import (
    interview_quotes,
    invitation_link,
    quote_document,
    round_overviews,
)
from shinrai.satisfaction.rules.interview import MOST_WANTED, MOST_WORDS, RoundForm
from shinrai.units.json_values import json_values
from shinrai.warehouse.store import Warehouse

ROUND = f"{IN_WORKSPACE}/interviews/{{key}}"
USUAL = RoundForm("", "")


class RoundBody(Schema):
    """What a round asks of whom; `targeting` as surveys have it: who, days, cap_days, children."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    title: Line
    question: Line
    guide: Clean = Field("", max_length=MOST_WORDS)
    targeting: Document = Field(default_factory=dict)
    cohort: Line = ""
    wanted: int = USUAL.wanted
    keep_days: int = USUAL.keep_days


class InvitationBody(Schema):
    """Invite one person by number, or draw so many of those who meet the criteria."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    how: Line
    person: int | None = Field(None, ge=0, lt=1 << 63)
    count: int = Field(1, ge=1, le=MOST_WANTED)


class InterviewStepBody(Schema):
    """A step of an invited person: declined, consented, held, note, quote, withdrawn."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    person: int = Field(ge=0, lt=1 << 63)
    kind: Line
    given: Document = Field(default_factory=dict)
    words: Clean = Field("", max_length=MOST_WORDS)


class NeedBody(Schema):
    """A need of users in one sentence."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    sentence: Line
    topic: Line = ""


@router.get(f"{IN_WORKSPACE}/interviews", auth=reads, response=dict[str, Any])
def list_interviews(request: KeyRequest, workspace: str) -> Any:
    """List the rounds, and how many were invited, consented, were interviewed, withdrew."""
    found = round_overviews(workspace_id=request.workspace.id, at=request.at)
    return json_values({"rounds": [one.document for one in found]})


@router.get(f"{IN_WORKSPACE}/interview-quotes", auth=reads, response=dict[str, Any])
def list_quotes(request: KeyRequest, workspace: str, need: Line = "", outside: bool = False) -> Any:
    """List quotes, masked, each with the consent it rests on; `outside`: those to be published."""
    record_view(
        workspace_id=request.workspace.id,
        what="words of interviews",
        subject=f"workspace:{request.workspace.id}",
        at=request.at,
        by=request.member.key,
    )
    found = interview_quotes(
        workspace_id=request.workspace.id, at=request.at, need=need, outside=outside
    )
    return json_values({"quotes": [quote_document(one) for one in found]})


@router.put(ROUND, auth=writes, response=dict[str, Any])
def put_round(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: RoundBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Declare a round, or its next version."""

    def write() -> dict[str, Any]:
        declare_round(
            workspace_id=request.workspace.id,
            key=key,
            document=body.model_dump(),
            at=request.at,
            by=request.member.key,
        )
        return _round(request, key)

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.post(f"{ROUND}/invitations", auth=writes, response={200: dict[str, Any]})
def post_invitations(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: InvitationBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Invite, each person once; the answer has the link of each."""

    def write() -> dict[str, Any]:
        there: dict[str, Any] = {
            "key": key,
            "how": body.how,
            "at": request.at,
            "by": request.member.key,
        }
        if body.person is not None:
            number = request.workspace.id
            drawn: tuple[int, ...] = (
                invite_person(workspace_id=number, person=body.person, **there),
            )
        else:
            warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
            drawn = draw_invitations(
                workspace=request.workspace, count=body.count, warehouse=warehouse, **there
            )
        links = {
            one: invitation_link(workspace_id=request.workspace.id, key=key, person=one)
            for one in drawn
        }
        return {"invited": [{"person": one, "link": link} for one, link in links.items()]}

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.post(f"{ROUND}/steps", auth=writes, response={200: dict[str, Any]})
def post_step(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: InterviewStepBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Record a step of a person; the same again changes nothing."""

    def write() -> dict[str, Any]:
        entry = InterviewEntry(request.workspace.id, key, **body.model_dump())
        is_new = record_interview_step(entry, at=request.at, by=request.member.key)
        return {"new": is_new, **_round(request, key)}

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


@router.put(f"{IN_WORKSPACE}/needs/{{key}}", auth=writes, response=dict[str, Any])
def put_need(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: NeedBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Write down a need, or say it anew."""

    def write() -> dict[str, Any]:
        declare_need(
            workspace_id=request.workspace.id,
            key=key,
            **body.model_dump(),
            at=request.at,
            by=request.member.key,
        )
        return {"key": key, **body.model_dump()}

    return answer_once(
        request, write, key=idempotency_key, caller=request.member.key, at=request.at
    )


def _round(request: KeyRequest, key: str) -> dict[str, Any]:
    [found] = round_overviews(workspace_id=request.workspace.id, at=request.at, key=key)
    return dict(json_values(found.document))
