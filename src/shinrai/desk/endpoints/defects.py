"""Defects over the HTTP API: list, read, link a case to one, fix it, and tell who asked."""

from typing import Any

from pydantic import Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.cursor import Cursor, CursorPage, ListPlace, PageLimit
from shinrai.api.fields import Clean, Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey
from shinrai.desk.endpoints.bodies import StrictBody
from shinrai.desk.endpoints.requests import (
    CASE,
    NUMBER,
    Number,
    Records,
    asked_case,
    once,
    record_words,
)
from shinrai.desk.operations.defects import fix_defect, link_defect, record_told_back
from shinrai.desk.operations.tell_back import approve_text, propose_text, return_text
from shinrai.desk.queries.defects import defects, known_defect
from shinrai.desk.queries.documents import defect_cases_document, defect_document
from shinrai.desk.queries.tell_back import tell_back, tell_back_document
from shinrai.units.json_values import json_values

router = ApiRouter(tags=["defects"])
DEFECT = f"{IN_WORKSPACE}/defects/{NUMBER}"
reads = BearerKey(Permission.READ)
links = BearerKey(Permission.FILE_INVESTIGATION, Scope.WRITE)
fixes = BearerKey(Permission.WORK_ON_INVESTIGATION, Scope.WRITE)


class LinkBody(StrictBody):
    """The ticket of a defect; the same address is the same defect, whose title stays."""

    ticket: Line
    title: Line = ""


class FixBody(StrictBody):
    """The release that fixes a defect."""

    release: Line


class TellBackBody(StrictBody):
    """What everybody is told; `{release}` becomes the release."""

    text: Clean = Field(min_length=1, max_length=4000)


class ReturnBody(StrictBody):
    """What should be otherwise in a proposed text."""

    reason: Line


class TellBody(StrictBody):
    """The case whose person was told, by the number of its link."""

    link: int = Field(ge=0, lt=1 << 63)


@router.get(f"{IN_WORKSPACE}/defects", auth=reads, response=CursorPage)
def list_defects(
    request: KeyRequest, workspace: str, limit: PageLimit = 50, cursor: Cursor = None
) -> Any:
    """List the defects, the newest first: the release that fixes each, and who was told."""
    place = ListPlace(cursor, about=("defects", workspace), at=request.at)
    found = defects(workspace_id=request.workspace.id)
    there = [one for one in found if one.made_at <= place.at]
    some = there[place.skip : place.skip + limit]
    return place.page([json_values(defect_document(one)) for one in some], total=len(there))


@router.post(f"{CASE}/defects", auth=links, response={201: dict[str, Any]})
def link_case_to_defect(
    request: KeyRequest,
    workspace: str,
    records: Records,
    key: Line,
    body: LinkBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Link a case to a defect, which is reported by that if it is new."""

    def write() -> dict[str, Any]:
        case_id = asked_case(request, records, key).id
        return {
            "defect": link_defect(
                case_id=case_id,
                url=body.ticket,
                title=body.title,
                at=request.at,
                by=request.member.key,
            )
        }

    return once(request, write, idempotency_key)


@router.post(f"{DEFECT}/fixes", auth=fixes, response={201: dict[str, Any]})
def fix(
    request: KeyRequest,
    workspace: str,
    number: Number,
    body: FixBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Say in which release a defect is fixed; from now on people are told anew."""

    def write() -> dict[str, Any]:
        there = request.workspace.id
        known_defect(workspace_id=there, number=number)
        fix_defect(
            workspace_id=there,
            defect_id=number,
            release=body.release,
            at=request.at,
            by=request.member.key,
        )
        return {"defect": number, "fixed_in": body.release}

    return once(request, write, idempotency_key)


@router.get(f"{DEFECT}/tell-back", auth=reads, response=dict[str, Any])
def read_tell_back(request: KeyRequest, workspace: str, number: Number) -> Any:
    """Read whom to tell of the last fix, the text as it stands, and who was reached."""
    found = tell_back(workspace=request.workspace, number=number, at=request.at)
    return tell_back_document(found)


@router.post(f"{DEFECT}/tell-back", auth=links, response={201: dict[str, Any]})
def propose_tell_back(
    request: KeyRequest,
    workspace: str,
    number: Number,
    body: TellBackBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Propose what everybody is told of a fix; somebody else approves it."""

    def write() -> dict[str, Any]:
        propose_text(
            workspace=request.workspace,
            number=number,
            text=body.text,
            at=request.at,
            by=request.member.key,
        )
        return {"defect": number, "text": "proposed"}

    return once(request, write, idempotency_key)


@router.post(f"{DEFECT}/tell-back/approve", auth=fixes, response={201: dict[str, Any]})
def approve_tell_back(
    request: KeyRequest, workspace: str, number: Number, idempotency_key: IdempotencyKey = None
) -> Any:
    """Approve what somebody else proposed: it goes to everybody once."""

    def write() -> dict[str, Any]:
        sent = approve_text(
            workspace=request.workspace, number=number, at=request.at, by=request.member
        )
        return {"defect": number, "text": "approved", "messages": sent}

    return once(request, write, idempotency_key)


@router.post(f"{DEFECT}/tell-back/return", auth=fixes, response={201: dict[str, Any]})
def return_tell_back(
    request: KeyRequest,
    workspace: str,
    number: Number,
    body: ReturnBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Send a proposed text back with a reason."""

    def write() -> dict[str, Any]:
        return_text(
            workspace=request.workspace,
            number=number,
            reason=body.reason,
            at=request.at,
            by=request.member.key,
        )
        return {"defect": number, "text": "sent_back"}

    return once(request, write, idempotency_key)


@router.post(f"{DEFECT}/told", auth=links, response={201: dict[str, Any]})
def tell_of_fix(
    request: KeyRequest,
    workspace: str,
    number: Number,
    body: TellBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Record that whoever asked in a case was told of the fix."""

    def write() -> dict[str, Any]:
        there = request.workspace.id
        known_defect(workspace_id=there, number=number)
        defect = record_told_back(
            workspace_id=there, row=body.link, at=request.at, by=request.member.key
        )
        return {"defect": defect, "link": body.link}

    return once(request, write, idempotency_key)


@router.get(DEFECT, auth=reads, response=dict[str, Any])
def read_defect(request: KeyRequest, workspace: str, number: Number) -> Any:
    """Read a defect with its cases, and who was told of its fix; titles are masked."""
    found = known_defect(workspace_id=request.workspace.id, number=number)
    shown = [one.head.id for one in found.cases]
    record_words(request, "titles of a defect", f"defect:{number}", shown)
    return json_values(defect_cases_document(found))
