"""Initiatives over the HTTP API: declare, read, amend, close, and who gets which arm."""

from typing import Any, ClassVar

from django.conf import settings
from ninja import Schema
from pydantic import ConfigDict, Field

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.fields import Clean, Document, Line
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey, answer_once
from shinrai.initiatives.operations.exposures import assign_person
from shinrai.initiatives.operations.steps import (
    AmendRequest,
    amend_initiative,
    close_initiative,
    declare_initiative,
    declare_not_measured,
    note_case,
)
from shinrai.initiatives.queries.documents import progress_document, results_document
from shinrai.initiatives.queries.records import initiative_named, initiatives
from shinrai.initiatives.queries.results import Asker, results_of
from shinrai.warehouse.store import Warehouse

router = ApiRouter(tags=["initiatives"])
ONE = f"{IN_WORKSPACE}/initiatives/{{key}}"
reads = BearerKey(Permission.READ)
declares = BearerKey(Permission.PROMISE, Scope.WRITE)


class DeclarationBody(Schema):
    """The fields of a declaration; with a `reason` in place of a KPI it is not measured."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    fields: Document = Field(max_length=30)


class AmendmentBody(DeclarationBody):
    """Fields that are to be otherwise, and why."""

    reason: Line = Field(min_length=1, max_length=1000)


class ConclusionBody(Schema):
    """What is concluded at the close."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    conclusion: Clean = Field(max_length=1000)


class NoteBody(Schema):
    """A case handled beyond the KPI, and why."""

    model_config: ClassVar = ConfigDict(extra="forbid")
    case: Line = Field(min_length=1, max_length=200)
    reason: Line = Field(min_length=1, max_length=1000)


@router.get(f"{IN_WORKSPACE}/initiatives", auth=reads, response=dict[str, Any])
def list_initiatives(request: KeyRequest, workspace: str) -> Any:
    """List the initiatives, the newest first."""
    asker = _asker(request)
    found = initiatives(asker.workspace, today=asker.today)
    return {"initiatives": [progress_document(one) for one in found]}


@router.post(f"{IN_WORKSPACE}/initiatives", auth=declares, response=dict[str, Any])
def post_initiative(
    request: KeyRequest,
    workspace: str,
    body: DeclarationBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Declare an initiative before it starts; it is hashed, and the hash is in the audit."""
    asker, by, given = _asker(request), request.member.key, body.fields

    def write() -> dict[str, Any]:
        if "reason" in given and "kpi" not in given:
            declare_not_measured(asker, given, by=by)
        else:
            declare_initiative(asker, given, by=by)
        return _progress(asker, str(given["key"]))

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


@router.get(f"{IN_WORKSPACE}/assignments", auth=reads, response=dict[str, Any])
def read_assignment(request: KeyRequest, workspace: str, initiative: Line, person: Line) -> Any:
    """Read which arm a person gets, always the same; reading it notes once that they got it."""
    found = assign_person(_asker(request), initiative, person[:200])
    return {"initiative": found.initiative, "arm": found.arm, "is_new": found.is_new}


@router.get(ONE, auth=reads, response=dict[str, Any])
def read_initiative(request: KeyRequest, workspace: str, key: Line) -> Any:
    """Read an initiative with its figures: before, after, and the comparison."""
    asker = _asker(request)
    found = initiative_named(asker.workspace, key, today=asker.today)
    if found.declaration is None:
        return progress_document(found)
    return results_document(results_of(asker, found))


@router.post(f"{ONE}/amendments", auth=declares, response=dict[str, Any])
def post_amendment(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: AmendmentBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Amend an initiative; after its start the grade falls."""
    asker, by = _asker(request), request.member.key

    def write() -> dict[str, Any]:
        amend_initiative(asker, AmendRequest(key, body.fields, body.reason), by=by)
        return _progress(asker, key)

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


@router.post(f"{ONE}/close", auth=declares, response=dict[str, Any])
def post_close(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: ConclusionBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Close an initiative; refused without a baseline from before it."""
    asker, by = _asker(request), request.member.key

    def write() -> dict[str, Any]:
        close_initiative(asker, key, body.conclusion, by=by)
        return _progress(asker, key)

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


@router.post(f"{ONE}/notes", auth=declares, response=dict[str, Any])
def post_note(
    request: KeyRequest,
    workspace: str,
    key: Line,
    body: NoteBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Note a case that was handled beyond the KPI."""
    asker, by = _asker(request), request.member.key

    def write() -> dict[str, Any]:
        note_case(asker, key, body.case, body.reason, by=by)
        return _progress(asker, key)

    return answer_once(request, write, key=idempotency_key, caller=by, at=request.at)


def _asker(request: KeyRequest) -> Asker:
    return Asker(request.workspace, Warehouse(settings.SHINRAI_WAREHOUSE), request.at)


def _progress(asker: Asker, key: str) -> dict[str, Any]:
    return progress_document(initiative_named(asker.workspace, key, today=asker.today))
