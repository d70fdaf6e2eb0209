"""Cases over the HTTP API: file, receive, list, read them, and take steps, as pages do."""

from datetime import datetime
from typing import Any, Final

from ninja import Query

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.scope import Scope
from shinrai.api.cursor import Cursor, CursorPage, ListPlace, PageLimit
from shinrai.api.fields import Line, Moment
from shinrai.api.frame import ApiRouter
from shinrai.api.idempotency import IdempotencyKey
from shinrai.api.problems import Problem, spoken_language
from shinrai.desk.endpoints.bodies import (
    LABELLED,
    CaseAnswer,
    CaseFilters,
    CaseReading,
    CorrectionBody,
    FiledBody,
    ReceivedBody,
    Reported,
    StepAnswer,
    StepBody,
)
from shinrai.desk.endpoints.requests import (
    CASE,
    NUMBER,
    RECORD,
    Number,
    Records,
    asked_case,
    how_it_stands,
    once,
    record_words,
)
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.corrections import correct_step
from shinrai.desk.operations.filing import (
    FilingRequest,
    ReceiptRequest,
    file_case,
    receive_by_hand,
)
from shinrai.desk.operations.labels import label_inquiry
from shinrai.desk.queries.actions import actions_on
from shinrai.desk.queries.documents import (
    case_document,
    kind_document,
    row_document,
    shown_case,
)
from shinrai.desk.queries.kinds import UnknownKind, kinds_of
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import QueueRequest, queue_of
from shinrai.desk.queries.rows import ROW_GROUPS
from shinrai.desk.rules.actions import actions_of_kind, step_role
from shinrai.desk.rules.case_facts import BadFiling
from shinrai.ledger.queries import CaseHead, newest_step
from shinrai.topics.rules.codebook import UnknownTopic
from shinrai.units.json_values import json_values
from shinrai.units.text import Text

router = ApiRouter(tags=["cases"])
reads = BearerKey(Permission.READ)
files = BearerKey(Permission.FILE_INVESTIGATION, Scope.WRITE)
receives = BearerKey(Permission.ANSWER_INQUIRY, Scope.WRITE)
acts = BearerKey(Permission.READ, Scope.WRITE)  # which actions, says the table of actions
# Fields of forms, by the names that programs use.
NAMES: Final = {"question": "text", "words": "text", "received": "at"}


@router.get(f"{IN_WORKSPACE}/kinds", auth=reads, response=list[dict[str, Any]])
def list_kinds(request: KeyRequest, workspace: str) -> Any:
    """List the kinds of investigation and the facts each asks for."""
    kinds = kinds_of(workspace_id=request.workspace.id)
    return [kind_document(kind, spoken_language()) for kind in kinds]


@router.get(f"{IN_WORKSPACE}/investigations", auth=reads, response=CursorPage)
def list_investigations(
    request: KeyRequest,
    workspace: str,
    filters: Query[CaseFilters],
    limit: PageLimit = 50,
    cursor: Cursor = None,
) -> Any:
    """List the open investigations, the most urgent first."""
    return _listed(request, "investigation", filters, limit, cursor)


@router.get(f"{IN_WORKSPACE}/inquiries", auth=reads, response=CursorPage)
def list_inquiries(
    request: KeyRequest,
    workspace: str,
    filters: Query[CaseFilters],
    limit: PageLimit = 50,
    cursor: Cursor = None,
) -> Any:
    """List the open inquiries, the most urgent first."""
    return _listed(request, "inquiry", filters, limit, cursor)


@router.post(f"{IN_WORKSPACE}/investigations", auth=files, response={201: CaseAnswer})
def file_investigation(
    request: KeyRequest, workspace: str, body: FiledBody, idempotency_key: IdempotencyKey = None
) -> Any:
    """File an investigation; the answer says when it is due."""

    def write() -> dict[str, Any]:
        filing = FilingRequest(
            workspace=request.workspace,
            at=request.at,
            by=request.member.key,
            role=step_role(request.member.roles),
            happened_at=_happened_at(request, body),
            question=body.text,
            **body.model_dump(exclude={"at", "text"}),
        )
        return how_it_stands(request, _opened(file_case, filing))

    return once(request, write, idempotency_key)


@router.post(f"{IN_WORKSPACE}/inquiries", auth=receives, response={201: CaseAnswer})
def receive_inquiry(
    request: KeyRequest, workspace: str, body: ReceivedBody, idempotency_key: IdempotencyKey = None
) -> Any:
    """Write down an inquiry that came, or a case that we open ourselves."""

    def write() -> dict[str, Any]:
        received = _happened_at(request, body)
        receipt = ReceiptRequest(
            workspace=request.workspace,
            at=request.at,
            by=request.member.key,
            words="\n\n".join(filter(None, (body.title, body.text))),
            received=received.isoformat() if received else "",
            **body.model_dump(exclude={"at", "text", "title"}),
        )
        return how_it_stands(request, _opened(receive_by_hand, receipt))

    return once(request, write, idempotency_key)


@router.get(f"{CASE}/actions", auth=reads, response=dict[str, Any])
def list_actions(request: KeyRequest, workspace: str, records: Records, key: Line) -> Any:
    """List what this key may do with a case now, and the fields each action asks for.

    A field with a question mark may stay empty.
    """
    head = asked_case(request, records, key)
    found = actions_on(head.id, request.member, at=request.at)
    return {
        "key": key,
        "phase": found.standing.phase,
        "seen": newest_step(head.id),
        "actions": [
            {"action": one.key, "kind": one.kind, "fields": list(one.fields)}
            for one in found.possible
        ],
    }


@router.post(f"{CASE}/steps", auth=acts, response={201: StepAnswer})
def take_step(
    request: KeyRequest,
    workspace: str,
    records: Records,
    key: Line,
    body: StepBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Take a step; the answer says how the case stands then."""

    def write() -> dict[str, Any]:
        head = asked_case(request, records, key)
        if body.kind == LABELLED:
            return {**how_it_stands(request, head.id), "steps": [_label(request, head, body)]}
        done = act(
            ActionRequest(
                case_id=head.id,
                action=_action(head.record, body),
                given=body.given,
                by=request.member,
                at=request.at,
                seen=body.seen,
                happened_at=_happened_at(request, body),
            )
        )
        return {**how_it_stands(request, head.id), "steps": list(done.sequences)}

    return once(request, write, idempotency_key)


@router.post(
    f"{IN_WORKSPACE}/inquiries/{{given:key}}/steps/{NUMBER}/corrections",
    auth=receives,
    response={201: CaseAnswer},
)
def correct_inquiry_step(
    request: KeyRequest,
    workspace: str,
    key: Line,
    number: Number,
    body: CorrectionBody,
    idempotency_key: IdempotencyKey = None,
) -> Any:
    """Correct what a step says: whether a message counts, a label, on whom was waited."""

    def write() -> dict[str, Any]:
        head = asked_case(request, "inquiries", key)
        try:
            correct_step(
                case_id=head.id,
                sequence=number,
                change=body.change,
                why=body.why,
                at=request.at,
                by=request.member.key,
                role=step_role(request.member.roles),
            )
        except UnknownTopic as error:
            raise Problem(422, fields={"topic": error.text}) from error
        return how_it_stands(request, head.id)

    return once(request, write, idempotency_key)


@router.get(CASE, auth=reads, response=CaseReading)
def read_case(
    request: KeyRequest, workspace: str, records: Records, key: Line, at: Moment | None = None
) -> Any:
    """Read a case: how it stands, or stood at a moment, its clocks and its steps."""
    there = request.workspace
    case, effective_at = shown_case(
        workspace=there, record=RECORD[records], key=key, at=at or request.at
    )
    if case.has_words:
        record_words(request, "words of a case", f"{case.record}:{case.id}", [case.id])
    return json_values(case_document(case, effective_at))


def _listed(
    request: KeyRequest, record: str, filters: CaseFilters, limit: int, cursor: str | None
) -> dict[str, Any]:
    there = request.workspace
    asked = json_values(filters.model_dump(exclude_none=True))
    place = ListPlace(cursor, about=(record, there.slug, asked), at=request.at)
    sort, state = asked.pop("sort"), asked.get("state")
    if state not in (None, *ROW_GROUPS):
        asked["phase"] = asked.pop("state")
    place_there = queue_place(there, request.member, at=place.at, record=record)
    found = queue_of(
        QueueRequest(
            [place_there], place.at, asked, sort=sort, skip=place.skip, most=limit, record=record
        )
    )
    shown = [row.case_id for row in found.rows]
    record_words(request, "titles in the queue", f"workspace:{there.id}", shown)
    return place.page([json_values(row_document(row)) for row in found.rows], total=found.listed)


def _label(request: KeyRequest, head: CaseHead, body: StepBody) -> int:
    if not may(request.member, Permission.LABEL):
        raise Problem(403)
    if body.at is not None:
        raise Problem(422, fields={"at": Text("this action cannot be reported late")})
    try:
        return label_inquiry(
            case_id=head.id,
            topic=body.topic or "",
            at=request.at,
            by=request.member.key,
            role=step_role(request.member.roles),
        )
    except UnknownTopic as error:
        raise Problem(422, fields={"topic": error.text}) from error


def _opened(write: Any, asked: FilingRequest | ReceiptRequest) -> int:
    """Open a case, and name what is wrong by the fields of the body."""
    try:
        case_id: int = write(asked)
    except UnknownKind as error:
        raise Problem(422, fields={"kind": error.text}) from error
    except BadFiling as error:
        wrong = {NAMES.get(name, name): text for name, text in error.wrong.items()}
        raise BadFiling(wrong) from error
    return case_id


def _happened_at(request: KeyRequest, body: Reported) -> datetime | None:
    """Return when something happened that is reported late. Raises: Problem without the scope."""
    if body.at is None:
        return None
    if not request.key.scope.includes(Scope.BACKFILL):
        said = Text("only a key of the scope backfill reports what happened before; leave it out")
        raise Problem(403, fields={"at": said})
    if body.at > request.at:
        raise Problem(422, fields={"at": Text("this moment is still to come")})
    return body.at


def _action(record: str, body: StepBody) -> str:
    """Return the action that appends a step of this kind to such a record."""
    keys = actions_of_kind(record, body.kind)
    if body.action is None and len(keys) == 1:
        return keys[0]
    if body.action in keys:
        return body.action
    said = Text("several actions append such a step; name one: {keys}", keys=", ".join(keys))
    if not keys:
        said = Text("no action appends such a step here; `actions` lists what is possible")
    raise Problem(422, fields={"action" if keys else "kind": said})
