"""Guardians over the HTTP API: codes, claims, confirmations, ends, and a way in."""

from typing import Any, ClassVar, Final

from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.family.operations.guardians import GuardianDetails
from shinrai.family.operations.links import (
    EndRequest,
    claim_code,
    confirm_link,
    end_links,
    make_code,
    unknown_code,
)
from shinrai.family.operations.ways_in import make_way_in
from shinrai.family.operations.wishes import read_notice
from shinrai.family.queries.documents import (
    guardian_document,
    guardian_named,
    learner_number,
    links_document,
)
from shinrai.family.queries.guardians import links_about
from shinrai.family.queries.notices import notice_of, notices_to
from shinrai.family.rules.link import Side

router = ApiRouter(tags=["family"])
LEARNER: Final = f"{IN_WORKSPACE}/learners/{{learner}}"
GUARDIAN: Final = f"{IN_WORKSPACE}/guardians/{{guardian}}"
MOST_NOTICES: Final = 200
reads = BearerKey(Permission.READ)
sends = BearerKey(Permission.IMPORT, Scope.WRITE)


class CodeBody(Schema):
    """For whom a code is: `name` is how the product calls the child, for the guardian to read."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    name: Line | None = Field(None, max_length=40)


class ClaimBody(Schema):
    """The code that a guardian typed, and what they say of themselves."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    code: Line = Field(min_length=1)
    mail: Line | None = Field(None, max_length=254)
    language: Line | None = Field(None, max_length=8, description="en or ja")
    zone: Line | None = Field(None, max_length=64, description="The time zone: Asia/Tokyo.")


@router.post(f"{LEARNER}/guardian-codes", auth=sends, response=dict[str, Any])
def make_guardian_code(
    request: KeyRequest,
    workspace: str,
    learner: Line,
    body: CodeBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Make a code for the child's app to show; it works once, for a day."""

    def write() -> dict[str, Any]:
        made = make_code(
            workspace=request.workspace,
            learner=learner,
            name=body.name,
            at=request.at,
            by=request.member.key,
        )
        return {"code": made.code, "expires_at": made.expires_at}

    return _once(request, write, idempotency_key)


@router.post(f"{GUARDIAN}/claim", auth=sends, response=dict[str, Any])
def claim_guardian_code(
    request: KeyRequest,
    workspace: str,
    guardian: Line,
    body: ClaimBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Claim a code for a guardian; the child's app has to confirm it within seven days."""

    def write() -> dict[str, Any]:
        found = claim_code(
            workspace=request.workspace,
            guardian=guardian,
            code=body.code,
            details=GuardianDetails(body.mail, body.language, body.zone),
            at=request.at,
            by=request.member.key,
        )
        return links_document(request.workspace.id, [found] if found else [])

    answer = _once(request, write, idempotency_key)
    if not answer["links"]:  # outside of the transaction, which has to keep that it was tried
        raise unknown_code()
    return answer["links"][0]


@router.post(f"{LEARNER}/guardians/{{guardian}}/confirm", auth=sends, response=dict[str, Any])
def confirm_guardian(
    request: KeyRequest,
    workspace: str,
    learner: Line,
    guardian: Line,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Confirm in the child's app that a guardian who claimed a code is one."""

    def write() -> dict[str, Any]:
        there = request.workspace
        found = confirm_link(
            workspace=there,
            learner_id=learner_number(there, learner),
            guardian_id=guardian_named(there, guardian).id,
            at=request.at,
            by=request.member.key,
        )
        return dict(links_document(there.id, [found])["links"][0])

    return _once(request, write, idempotency_key)


@router.post(f"{LEARNER}/guardians/{{guardian}}/end", auth=sends, response=dict[str, Any])
def end_guardian_of_learner(
    request: KeyRequest,
    workspace: str,
    learner: Line,
    guardian: Line,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """End a link from the child's side, at once."""
    return _ended(request, (learner, guardian), "learner", idempotency_key)


@router.post(f"{GUARDIAN}/learners/{{learner}}/end", auth=sends, response=dict[str, Any])
def end_learner_of_guardian(
    request: KeyRequest,
    workspace: str,
    guardian: Line,
    learner: Line,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """End a link from the guardian's side, at once."""
    return _ended(request, (learner, guardian), "guardian", idempotency_key)


@router.post(f"{GUARDIAN}/link", auth=sends, response=dict[str, Any])
def make_guardian_link(
    request: KeyRequest, workspace: str, guardian: Line, idempotency_key: IdempotencyKey = None
) -> Any:
    """Make an address that lets a guardian in once, within a quarter of an hour."""

    def write() -> dict[str, Any]:
        found = guardian_named(request.workspace, guardian)
        made = make_way_in(found, at=request.at, by=request.member.key)
        return {"address": made.address, "expires_at": made.expires_at}

    return _once(request, write, idempotency_key)


@router.get(GUARDIAN, auth=reads, response=dict[str, Any])
def read_guardian(request: KeyRequest, workspace: str, guardian: Line) -> Any:
    """Read a guardian: with whom they are linked, and whether mail reaches them."""
    found = guardian_named(request.workspace, guardian)
    _viewed(request, found.id)
    return guardian_document(found, at=request.at)


@router.get(f"{GUARDIAN}/notices", auth=reads, response=dict[str, Any])
def read_notices(request: KeyRequest, workspace: str, guardian: Line, unread: bool = False) -> Any:
    """Read the notices to a guardian that the product shows, the newest first."""
    found = guardian_named(request.workspace, guardian)
    _viewed(request, found.id)
    told = notices_to(found.id, at=request.at, unread=unread, channel="app")
    return {"notices": [one.document for one in told[:MOST_NOTICES]]}


@router.post(f"{GUARDIAN}/notices/{{notice}}/read", auth=sends, response=dict[str, Any])
def mark_notice_read(
    request: KeyRequest,
    workspace: str,
    guardian: Line,
    notice: int,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Say that a guardian read a notice in the product."""

    def write() -> dict[str, Any]:
        found = guardian_named(request.workspace, guardian)
        read_notice(guardian_id=found.id, number=notice, at=request.at)
        return dict(notice_of(found.id, notice, at=request.at).document)

    return _once(request, write, idempotency_key)


@router.get(f"{LEARNER}/guardians", auth=reads, response=dict[str, Any])
def read_guardians(request: KeyRequest, workspace: str, learner: Line) -> Any:
    """Read the links of a learner, those that wait for the child's app among them."""
    number = learner_number(request.workspace, learner)
    _viewed(request, number)
    return links_document(request.workspace.id, links_about(request.at, learner=number))


def _ended(request: KeyRequest, who: tuple[str, str], side: Side, key: str | None) -> Any:
    def write() -> dict[str, Any]:
        there = request.workspace
        asked = EndRequest(learner_number(there, who[0]), guardian_named(there, who[1]).id, side)
        count = end_links(workspace=there, asked=asked, at=request.at, by=request.member.key)
        return {"ended": count}

    return _once(request, write, key)


def _once(request: KeyRequest, write: Any, key: str | None) -> Any:
    return answer_once(request, write, key=key, caller=request.member.key, at=request.at)


def _viewed(request: KeyRequest, number: int) -> None:
    record_view(
        workspace_id=request.workspace.id,
        what="links of guardians",
        subject=f"customer:{number}",
        at=request.at,
        by=request.member.key,
    )
