"""Forms that open a case: file an investigation, receive an inquiry by hand."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.pages import takes
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import moment_words
from shinrai.desk.operations.filing import (
    INQUIRY_FACTS,
    FilingRequest,
    ReceiptRequest,
    file_case,
    receive_by_hand,
)
from shinrai.desk.pages.files import new_files
from shinrai.desk.pages.topics import role_of
from shinrai.desk.queries.case import NUL, case_view
from shinrai.desk.queries.kinds import UnknownKind, kind_named, kinds_of
from shinrai.desk.rules.case_facts import (
    FACT,
    FILES,
    OF_INQUIRY,
    AskedFact,
    BadFiling,
    FactField,
    fact_fields,
    facts_asked,
)
from shinrai.desk.rules.files import ACCEPTED, MEGABYTE, MOST_A_STEP, MOST_BODY, MOST_BYTES
from shinrai.inquiries.queries import UnknownInquiry, inquiry
from shinrai.inquiries.rules.kinds import CHANNELS, MODES
from shinrai.ledger.operations.steps import NoKey
from shinrai.ledger.queries import case_heads
from shinrai.units.text import Text

SERVICE_FACTS = ("priority", "service")
TOLD = ("happened_at", *OF_INQUIRY)
PENDING, KEPT_S = "", 24 * 3600
WAITS, WAIT_S = 20, 0.25
LONGEST_MARK = 64
WITHOUT_OFFSET = len("2026-06-03T14:10")


@dataclass
class OpeningForm:
    """A form that opens a case, as typed: its values, its facts, and what is wrong, by field."""

    typed: Mapping[str, str]
    facts: Mapping[str, str]
    asked: Sequence[AskedFact]
    known: Mapping[str, str] = field(default_factory=dict)  # what the inquiry says already
    files: Sequence[str] = ()  # names; a browser does not send them twice
    wrong: dict[str, Text] = field(default_factory=dict)

    @property
    def fields(self) -> tuple[FactField, ...]:
        """Return the facts still to be said."""
        asked = [one for one in self.asked if one.fact.key not in self.known]
        return fact_fields(asked, self.facts, self.wrong)

    @property
    def known_fields(self) -> tuple[FactField, ...]:
        """Return the facts that the inquiry says, which may be said otherwise."""
        asked = [one for one in self.asked if one.fact.key in self.known]
        return fact_fields(asked, {**self.known, **self.facts}, self.wrong)

    @property
    def needs_files(self) -> bool:
        """Tell whether it cannot be sent without a file."""
        return any(one.is_required and one.fact.key == FILES for one in self.asked)

    @property
    def wrong_files(self) -> Text | None:
        """Return what is wrong with the files."""
        return self.wrong.get("files") or self.wrong.get(FACT + FILES)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.FILE_INVESTIGATION)
@takes(MOST_BODY)
def new_investigation(request: MemberRequest) -> HttpResponse:
    """Ask what kind of investigation it is, then for its facts; file it."""
    there = request.workspace
    kinds = kinds_of(workspace_id=there.id)
    given = request.POST if request.method == "POST" else request.GET
    about = given.get("inquiry", "").strip()
    told = _told_facts(there.id, about)
    known = told or {}
    try:
        kind = kind_named(workspace_id=there.id, key=given.get("kind", ""))
    except UnknownKind:
        context = {"kinds": kinds, "about": about, "says_unknown": bool(given.get("kind"))}
        if len(kinds) > 1:
            status = 422 if request.method == "POST" else 200
            return render(request, "desk/choose_kind.html", context, status=status)
        kind = kinds[0]
    form = OpeningForm(
        typed={name: known.get(name, "") for name in SERVICE_FACTS} | given.dict(),
        facts=_facts(request),
        asked=facts_asked(kind),
        known={key: known[key] for key in TOLD if key in known},
    )
    if request.method == "POST" and request.POST.get("deed") != "kind":
        if (there_already := _opened_before(request)) is not None:
            return redirect("investigation", there.slug, there_already)
        files = new_files(request)
        form.files = [file.name for file in files]
        try:
            case_id = file_case(
                FilingRequest(
                    workspace=there,
                    kind=kind.key,
                    title=given.get("title", ""),
                    question=given.get("question", ""),
                    at=request.at,
                    by=author_of(request),
                    facts={**form.known, **form.facts},
                    inquiry=about,
                    priority=given.get("priority", ""),
                    service=given.get("service", ""),
                    files=files,
                    role=role_of(request),
                )
            )
        except BadFiling as error:
            form.wrong = error.wrong
        except NoKey as error:
            form.wrong = {"inquiry": error.text}
        else:
            key = case_heads([case_id])[case_id].source_key
            _keep_opened(request, key)
            return _filed(request, key)
    context = {"form": form, "kind": kind, "kinds": kinds, "about": "" if told is None else about}
    return _shown(request, "desk/file_investigation.html", form, context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.ANSWER_INQUIRY)
@takes(MOST_BODY)
def new_inquiry(request: MemberRequest) -> HttpResponse:
    """Write down an inquiry that came by telephone or elsewhere, or a case we open ourselves."""
    given = request.POST
    usual = {"mode": "via_cs", "channel": "phone"}
    form = OpeningForm(typed=usual | given.dict(), facts=_facts(request), asked=INQUIRY_FACTS)
    if request.method == "POST":
        if (there_already := _opened_before(request)) is not None:
            return redirect("inquiry", request.workspace.slug, there_already)
        files = new_files(request)
        form.files = [file.name for file in files]
        names = ("mode", "channel", "customer", "account", "received", *SERVICE_FACTS)
        typed: dict[str, Any] = {name: given.get(name, "") for name in names}
        try:
            case_id = receive_by_hand(
                ReceiptRequest(
                    workspace=request.workspace,
                    words=given.get("words", ""),
                    at=request.at,
                    by=author_of(request),
                    facts=form.facts,
                    files=files,
                    **typed,
                )
            )
        except BadFiling as error:
            form.wrong = error.wrong
        else:
            key = case_heads([case_id])[case_id].source_key
            _keep_opened(request, key)
            messages.success(request, gettext("%(key)s is written down.") % {"key": key})
            return redirect("inquiry", request.workspace.slug, key)
    context = {"form": form, "channels": CHANNELS, "modes": MODES}
    return _shown(request, "desk/receive_inquiry.html", form, context)


def _mark(request: MemberRequest) -> str:
    """Return the name under which the case of this form is kept; "" if the form has no mark."""
    mark = request.POST.get("mark", "")
    if not (mark.isascii() and mark.isalnum() and len(mark) <= LONGEST_MARK):
        return ""
    return f"opened:{request.workspace.id}:{author_of(request)}:{mark}"


def _opened_before(request: MemberRequest) -> str | None:
    """Return the case that this very form has opened already, as a button clicked twice sends it.

    Of two at the same moment the second waits for the first, some seconds at most.
    """
    name = _mark(request)
    if not name or cache.add(name, PENDING, KEPT_S):
        return None
    for _ in range(WAITS):
        found = cache.get(name)
        if found is None:  # the first was refused, and says so to its own reader
            cache.add(name, PENDING, KEPT_S)
            return None
        if found != PENDING:
            return str(found)
        time.sleep(WAIT_S)
    return None


def _keep_opened(request: MemberRequest, key: str) -> None:
    if name := _mark(request):
        cache.set(name, key, KEPT_S)


def _shown(
    request: MemberRequest, template: str, form: OpeningForm, context: Mapping[str, Any]
) -> HttpResponse:
    limits = {"accepted": ACCEPTED, "most_mb": MOST_BYTES // MEGABYTE, "most_files": MOST_A_STEP}
    said = {name: reader_text(text) for name, text in form.wrong.items()}
    if form.wrong and (name := _mark(request)):
        cache.delete(name)
    context = {**context, "mark": uuid4().hex if not _mark(request) else request.POST["mark"]}
    context = {**context, "wrong": said, "limits": limits, "body_mb": MOST_BODY // MEGABYTE - 1}
    return render(request, template, context, status=422 if form.wrong else 200)


def _facts(request: MemberRequest) -> dict[str, str]:
    given = request.POST.dict()
    return {k.removeprefix(FACT): str(v) for k, v in given.items() if k.startswith(FACT)}


def _told_facts(workspace_id: int, key: str) -> dict[str, str] | None:
    """Return what an inquiry of this workspace says of itself; None if there is none."""
    if not key or NUL in key:
        return None
    try:
        steps = inquiry(workspace_id=workspace_id, source_key=key).steps
    except UnknownInquiry:
        return None
    said = next((step.detail for step in steps if step.kind == "received"), {})
    found = {name: str(said.get(name) or "") for name in (*TOLD, *SERVICE_FACTS)}
    found["happened_at"] = found["happened_at"][:WITHOUT_OFFSET]  # as a field takes it, local
    return {name: value for name, value in found.items() if value}


def _filed(request: MemberRequest, key: str) -> HttpResponse:
    """Say by when the new investigation is due, and show it."""
    there = request.workspace
    clock = case_view(workspace_id=there.id, source_key=key, at=request.at).clock
    due_at = clock.facts.due_at if clock else None
    if due_at is None:
        said = gettext("%(key)s is filed. No objective measures it, so it has no due time.")
        messages.success(request, said % {"key": key})
    else:
        due = moment_words(due_at, zone=there.zone, language=reader_language(), near=request.at)
        said = gettext("%(key)s is filed. It is due by %(due)s.")
        messages.success(request, said % {"key": key, "due": due})
    return redirect("investigation", there.slug, key)
