"""Digests of sprints over the HTTP API: draft, read, write, decide, close, and take along."""

from typing import Any, ClassVar, Literal

from django.http import HttpResponse
from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.operations.audit import Download, record_download
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Clean, Day, Line, Words
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.reports.operations.digests import (
    add_proposal,
    ask_for_digest,
    close_digest,
    decide_item,
    edit_item,
    open_digest,
)
from shinrai.reports.queries.digest_documents import FORMATS, digest_document, digest_file
from shinrai.reports.queries.digests import digest_named, digests
from shinrai.reports.rules.digest import DecisionRequest, DigestRequest

router = ApiRouter(tags=["sprint"])
ALL = f"{IN_WORKSPACE}/sprint-digests"
ONE = f"{ALL}/{{key}}"
reads = BearerKey(Permission.READ)
writes = BearerKey(Permission.WORK_ON_INVESTIGATION, Scope.WRITE)
FILE = {"schema": {"type": "string"}}


class DigestBody(Schema):
    """The period of a digest, both dates included, and its key; without one, the last date."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    first: Day
    last: Day
    key: Clean = Field(default="", max_length=40)


class DigestTextBody(Schema):
    """What people say of an item, its place, and a proposal's horizon."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    text: Words
    place: int | None = Field(default=None, ge=1, le=40)
    horizon: Literal["", "short", "middle", "long"] = ""


class ProposalBody(Schema):
    """A proposal of people's own."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    text: Words
    horizon: Literal["short", "middle", "long"]


class DecisionBody(Schema):
    """What was decided about an item."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    verdict: Literal["taken", "declined", "later"]
    ticket: Line = ""
    owner: Line = ""
    until: Day | None = None
    reason: Words = ""


@router.get(ALL, auth=reads, response=dict[str, Any])
def list_sprint_digests(request: KeyRequest, workspace: str) -> Any:
    """List the digests, the newest first."""
    found = digests(workspace_id=request.workspace.id)
    return {"digests": [digest_document(one) for one in found]}


@router.post(ALL, auth=writes, response={200: dict[str, Any]})
def post_sprint_digest(
    request: KeyRequest, workspace: str, body: DigestBody, idempotency_key: IdempotencyKey = None
) -> Any:
    """Begin a digest; the worker prepares its items."""
    asked = DigestRequest(body.first, body.last, body.key)

    def write() -> dict[str, Any]:
        at, by = request.at, request.member.key
        made = open_digest(workspace=request.workspace, asked=asked, at=at, by=by)
        ask_for_digest(workspace=request.workspace, key=made.key)
        return digest_document(made)

    return _once(request, write, idempotency_key)


@router.get(ONE, auth=reads, response=dict[str, Any])
def read_sprint_digest(request: KeyRequest, workspace: str, key: Line) -> Any:
    """Read a digest: what became of the last one, its items, and what was decided."""
    return digest_document(digest_named(workspace_id=request.workspace.id, key=key))


@router.get(
    f"{ONE}/files/{{form}}",
    auth=reads,
    openapi_extra={
        "responses": {200: {"content": {"text/markdown": FILE, "application/x-ndjson": FILE,
                                        "text/csv": FILE}}}
    },
)  # fmt: skip
def read_sprint_file(
    request: KeyRequest, workspace: str, key: Line, form: Literal["markdown", "github", "jira"]
) -> HttpResponse:
    """Read a digest as Markdown, as issues for GitHub, or as CSV for Jira."""
    there = request.workspace
    found = digest_named(workspace_id=there.id, key=key, has_words=form == "markdown")
    record_download(
        workspace_id=there.id,
        download=Download("sprint", len(found.items), ()),
        at=request.at,
        by=request.member.key,
    )
    words = digest_file(found, form, "ja" if there.language == "ja" else "en")
    return HttpResponse(words, content_type=FORMATS[form][1])


@router.put(f"{ONE}/items/{{number}}", auth=writes, response=dict[str, Any])
def put_sprint_item(
    request: KeyRequest,
    workspace: str,
    key: Line,
    number: int,
    body: DigestTextBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Write what people say of an item."""

    def write() -> dict[str, Any]:
        found = edit_item(
            workspace_id=request.workspace.id,
            key=key,
            number=number,
            **body.model_dump(),
            at=request.at,
            by=request.member.key,
        )
        return digest_document(found)

    return _once(request, write, idempotency_key)


@router.post(f"{ONE}/items", auth=writes, response={200: dict[str, Any]})
def post_sprint_proposal(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: ProposalBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Add a proposal of people's own."""

    def write() -> dict[str, Any]:
        found = add_proposal(
            workspace_id=request.workspace.id,
            key=key,
            text=body.text,
            horizon=body.horizon,
            at=request.at,
            by=request.member.key,
        )
        return digest_document(found)

    return _once(request, write, idempotency_key)


@router.post(f"{ONE}/items/{{number}}/decisions", auth=writes, response={200: dict[str, Any]})
def post_sprint_decision(
    request: KeyRequest,
    workspace: str,
    key: Line,
    number: int,
    body: DecisionBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Record what was decided about an item; the newest decision counts."""

    def write() -> dict[str, Any]:
        found = decide_item(
            workspace=request.workspace,
            key=key,
            number=number,
            asked=DecisionRequest(**body.model_dump()),
            at=request.at,
            by=request.member.key,
        )
        return digest_document(found)

    return _once(request, write, idempotency_key)


@router.post(f"{ONE}/close", auth=writes, response={200: dict[str, Any]})
def post_sprint_close(
    request: KeyRequest, workspace: str, key: Line, idempotency_key: IdempotencyKey = None
) -> Any:
    """Close a digest; what nobody decided comes into the next one by itself."""

    def write() -> dict[str, Any]:
        there, at, by = request.workspace.id, request.at, request.member.key
        return digest_document(close_digest(workspace_id=there, key=key, at=at, by=by))

    return _once(request, write, idempotency_key)


def _once(request: KeyRequest, write: Any, key: str | None) -> Any:
    return answer_once(request, write, key=key, caller=request.member.key, at=request.at)
