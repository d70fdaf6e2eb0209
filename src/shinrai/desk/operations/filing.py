"""Open a case here: file an investigation, or receive an inquiry by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import customer_typed
from shinrai.desk.models import CaseNumber
from shinrai.desk.operations.files import attach_files
from shinrai.desk.operations.steps import file_investigation, follow_steps
from shinrai.desk.queries.case import REFERENCE
from shinrai.desk.queries.kinds import kind_named
from shinrai.desk.rules.action_steps import ActionStep
from shinrai.desk.rules.case_facts import (
    KNOWN,
    OF_INQUIRY,
    AskedFact,
    BadFiling,
    MissingFacts,
    facts_asked,
    read_facts,
    read_line,
    read_past,
)
from shinrai.desk.rules.files import BadFile, NewFile, check_files
from shinrai.inquiries.operations import receive_inquiry
from shinrai.inquiries.queries import inquiry
from shinrai.inquiries.rules.kinds import CHANNELS, MODES
from shinrai.investigations.rules.replay import CRE_TIER
from shinrai.ledger.queries import CaseHead, case_head, case_heads, steps_of
from shinrai.privacy.operations import masker
from shinrai.units.text import Text

PRIORITIES = ("urgent", "high", "normal", "low")
PREFIXES = {"investigation": "INV", "inquiry": "INQ"}
MOST_TITLE, MOST_WORDS, MOST_REFERENCE, MOST_SERVICE = 200, 20_000, 500, 100
INQUIRY_FACTS = tuple(AskedFact(KNOWN[key], is_required=False) for key in OF_INQUIRY)
RECEIPT_FACTS = (AskedFact(KNOWN["happened_at"], is_required=False), *INQUIRY_FACTS)


@dataclass(frozen=True)
class FilingRequest:
    """An investigation as somebody files it; `facts` by key, or by the name of an own one.

    `inquiry` is the key of an inquiry here, or a key or an address in another desk. What comes from
    outside may be `is_incomplete`: facts that are missing are asked for later.
    """

    workspace: WorkspaceRecord
    kind: str
    title: str
    question: str
    at: datetime
    by: str
    facts: Mapping[str, str] = field(default_factory=dict)
    inquiry: str = ""
    priority: str = ""
    service: str = ""
    files: tuple[NewFile, ...] = ()
    role: str = "agent"
    happened_at: datetime | None = None  # when it was filed, if it is reported late
    is_incomplete: bool = False


@dataclass(frozen=True)
class ReceiptRequest:
    """An inquiry as somebody writes it down; `customer` as a source identifies them.

    What came from outside has `person`, the customer's number and key, `came_at`, and the `topic`
    that the customer chose.
    """

    workspace: WorkspaceRecord
    words: str
    at: datetime
    by: str
    mode: str = "via_cs"
    channel: str = "other"
    customer: str = ""
    account: str = ""
    received: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    priority: str = ""
    service: str = ""
    files: tuple[NewFile, ...] = ()
    person: tuple[int, int] | None = None
    came_at: datetime | None = None
    topic: str = ""


class _Wrong:
    """Collects what is wrong with a form, so that it is said all at once."""

    def __init__(self) -> None:
        self.by_field: dict[str, Text] = {}
        self.missing: tuple[str, ...] = ()

    def __enter__(self) -> None:
        """Begin reading one field."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> bool:
        if isinstance(error, BadFiling):
            self.by_field |= error.wrong
            self.missing += error.missing if isinstance(error, MissingFacts) else ()
        elif isinstance(error, BadFile):
            self.by_field["files"] = error.text
        return isinstance(error, BadFiling | BadFile)

    def refuse(self) -> None:
        """Raise MissingFacts or BadFiling if anything was wrong."""
        if self.missing:
            raise MissingFacts(self.by_field, self.missing)
        if self.by_field:
            raise BadFiling(self.by_field)


def file_case(request: FilingRequest) -> int:
    """File an investigation with the facts its kind needs; return its case id.

    Raises: UnknownKind; MissingFacts and BadFiling, which say what is wrong by field; NoKey.
    """
    there, (words, detail, about) = request.workspace, read_filing(request)
    mode = "via_cs" if about is None else _mode(there.id, about)
    with transaction.atomic():
        case_id = file_investigation(
            workspace_id=there.id,
            source_key=_next_key(there.id, "investigation"),
            at=request.happened_at or request.at,
            recorded_at=request.at,
            by=request.by,
            words=words,
            mode=mode,
            inquiry_id=about.id if about else None,
            detail=detail,
            role=request.role,
        )
        _attach(case_id, request)
    return case_id


def read_filing(request: FilingRequest) -> tuple[str, dict[str, Any], CaseHead | None]:
    """Return the words and the detail of a filing, and the inquiry here that it is about.

    It writes nothing, so that what is wrong can be said before it is filed.
    Raises: UnknownKind, MissingFacts, BadFiling.
    """
    there, wrong = request.workspace, _Wrong()
    kind = kind_named(workspace_id=there.id, key=request.kind)
    title = question = ""
    detail: dict[str, Any] = {"kind": kind.key}
    sealed = ""
    with wrong:
        title = read_line("title", Text("title"), request.title, most=MOST_TITLE, least=1)
    with wrong:
        question = read_line(
            *("question", Text("question"), request.question),
            most=MOST_WORDS,
            is_long=True,
            least=1,
        )
    with wrong:
        detail |= _attributes(there.id, request.priority, request.service)
    with wrong:
        asked = facts_asked(kind)
        facts = read_facts(
            [replace(one, is_required=False) for one in asked] if request.is_incomplete else asked,
            request.facts,
            zone=there.zone,
            at=request.at,
            has_files=bool(request.files),
        )
        detail |= _without_names(there.id, facts.open)
        sealed = facts.words(there.language)
    about: CaseHead | None = None
    with wrong:
        reference = _reference(request.inquiry)
        if reference:
            about = case_head(workspace_id=there.id, record="inquiry", source_key=reference)
            detail |= {} if about else {REFERENCE: reference}
    with wrong:
        check_files(request.files)
    wrong.refuse()
    words = "\n\n".join(part for part in (title, question, sealed) if part)
    return words, detail, about


def receive_by_hand(request: ReceiptRequest) -> int:
    """Write down an inquiry that came, or a case we open ourselves; return its case id.

    Raises: BadFiling, which says what is wrong by field.
    """
    there, wrong = request.workspace, _Wrong()
    words, account, received_at = "", "", request.came_at or request.at
    detail: dict[str, Any] = {"topic": request.topic} if request.topic else {}
    customer: tuple[int, int] | None = None
    with wrong:
        words = read_line(
            "words", Text("words"), request.words, most=MOST_WORDS, is_long=True, least=1
        )
    with wrong:
        account = read_line("account", Text("company"), request.account, most=MOST_SERVICE)
    with wrong:
        detail |= _attributes(there.id, request.priority, request.service)
    with wrong:
        facts = read_facts(RECEIPT_FACTS, request.facts, zone=there.zone, at=request.at)
        detail |= _without_names(there.id, facts.open)
    with wrong:
        if request.received:
            received_at = read_past("received", request.received, zone=there.zone, at=request.at)
    with wrong:
        customer = request.person or _customer(there.id, request.customer.strip())
    with wrong:
        _one_of("mode", request.mode, MODES)
    with wrong:
        _one_of("channel", request.channel, CHANNELS)
    with wrong:
        check_files(request.files)
    wrong.refuse()
    with transaction.atomic():
        case_id = receive_inquiry(
            workspace_id=there.id,
            source_key=_next_key(there.id, "inquiry"),
            at=received_at,
            by=request.by,
            words=words,
            channel=request.channel,
            mode=request.mode,
            **({} if request.mode == "via_cs" else {"tier": CRE_TIER}),
            account=account or None,
            customer=customer,
            detail=detail,
            recorded_at=request.at,
        )
        received = ActionStep("received", detail=detail)
        follow_steps(case_heads([case_id])[case_id], (received,), by=request.by, at=request.at)
        _attach(case_id, request)
    return case_id


def _attach(case_id: int, request: FilingRequest | ReceiptRequest) -> None:
    """Attach the files of a new case to its first step."""
    if request.files:
        [first] = steps_of([case_id], workspace_id=request.workspace.id)[case_id]
        attach_files(
            case_id=case_id,
            sequence=first.sequence,
            files=request.files,
            at=request.at,
            by=request.by,
        )


def _next_key(workspace_id: int, record: str) -> str:
    """Return the next free key of a workspace; the row of its last number stays locked.

    A number that some source has used is passed over, by strides that double.
    """
    CaseNumber.objects.get_or_create(workspace_id=workspace_id, record=record)
    row = CaseNumber.objects.select_for_update().get(workspace_id=workspace_id, record=record)
    row.last, stride = row.last + 1, 1
    while case_head(
        workspace_id=workspace_id, record=record, source_key=f"{PREFIXES[record]}-{row.last}"
    ):
        row.last, stride = row.last + stride, stride * 2
    row.save(update_fields=["last"])
    return f"{PREFIXES[record]}-{row.last}"


def _without_names(workspace_id: int, facts: Mapping[str, str]) -> dict[str, str]:
    hide = masker(workspace_id=workspace_id)
    return {key: hide(value) for key, value in facts.items()}


def _attributes(workspace_id: int, priority: str, service: str) -> dict[str, str]:
    service = read_line("service", Text("service"), service, most=MOST_SERVICE)
    if priority:
        _one_of("priority", priority, PRIORITIES)
    found = {"priority": priority, "service": masker(workspace_id=workspace_id)(service)}
    return {name: value for name, value in found.items() if value}


def _one_of(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        said = Text("{value!r} is none of {known}.", value=value[:40], known=", ".join(known))
        raise BadFiling({name: said})


def _reference(typed: str) -> str:
    typed = read_line("inquiry", Text("inquiry"), typed, most=MOST_REFERENCE)
    if "://" in typed:
        try:
            is_web = urlsplit(typed).scheme in ("http", "https") and urlsplit(typed).hostname
        except ValueError:
            is_web = None
        if not is_web:
            said = Text(
                "“{typed}” is no key, and no address that begins with https://.", typed=typed
            )
            raise BadFiling({"inquiry": said})
    return typed


def _mode(workspace_id: int, about: CaseHead) -> str:
    return inquiry(workspace_id=workspace_id, source_key=about.source_key).state.mode


def _customer(workspace_id: int, typed: str) -> tuple[int, int] | None:
    """Return the number and key of a customer whom a source knows as typed; None if nobody is."""
    if not typed:
        return None
    found = customer_typed(workspace_id=workspace_id, typed=typed)
    if found is not None:
        return found.id, found.key_id
    said = Text(
        "No import knows a customer “{typed}”. Give the key that the source uses, or nothing.",
        typed=typed[:60],
    )
    raise BadFiling({"customer": said})
