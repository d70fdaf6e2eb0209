"""Pages of sprint digests: the list, and one of them, which people edit, decide and close."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import Download, record_download, record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.reports.operations.digests import (
    DigestRefused,
    add_proposal,
    ask_for_digest,
    close_digest,
    decide_item,
    edit_item,
    open_digest,
)
from shinrai.reports.queries.digest_documents import FORMATS, decision_of, digest_file
from shinrai.reports.queries.digests import (
    DigestRecord,
    ItemRecord,
    UnknownDigest,
    digest_named,
    digests,
)
from shinrai.reports.rules.digest import (
    HORIZONS,
    STATES,
    VERDICTS,
    BadDigest,
    DecisionRequest,
    DigestRequest,
    last_sprint,
)
from shinrai.reports.rules.digest_words import became_words, claims, grade_words
from shinrai.units.text import Text

MOST_TYPED: Final = 20_000  # longer words are refused by the operation, and kept in the form

DIGESTS: Final = ListSpec[DigestRecord](
    name="sprint",
    columns=(
        ListColumn("key", _("Digest"), lambda row: row.key, True),
        ListColumn("from", _("From"), lambda row: row.first, is_shown=False),
        ListColumn("to", _("Until"), lambda row: row.last, True),
        ListColumn("state", _("State"), lambda row: reader_text(STATES[row.state]), True),
        ListColumn("items", _("Items"), lambda row: len(row.items), True, is_number=True),
        ListColumn("taken", _("Taken"), lambda row: row.decided("taken"), True, is_number=True),
        ListColumn(
            "declined", _("Declined"), lambda row: row.decided("declined"), True, is_number=True
        ),
        ListColumn(
            "undecided", _("Undecided"), lambda row: len(row.undecided), True, is_number=True
        ),
        ListColumn(
            "topics",
            _("Topics"),
            lambda row: ", ".join(dict.fromkeys(reader_text(one.name) for one in row.items)),
            is_shown=False,
        ),
    ),
    row="reports/_digest.html",
    usual="-to",
)


@dataclass(frozen=True)
class TypedForm:
    """What was typed into a form of the page that was refused, at which field, and why."""

    where: str = ""
    field: str = ""
    refused: str = ""
    values: Any = None


@dataclass(frozen=True)
class ShownItem:
    """An item for the reader: its claims lead to their cases."""

    item: ItemRecord
    text: str
    claims: list[tuple[str, str]]
    grade: str
    decision: str


@require_safe
@members_only
def sprint_digests(request: MemberRequest) -> HttpResponseBase:
    """List the digests of a workspace, the newest first."""
    return _list(request, TypedForm())


@require_POST
@writers_only(Permission.WORK_ON_INVESTIGATION)
def new_sprint_digest(request: MemberRequest) -> HttpResponseBase:
    """Begin a digest; the worker prepares it."""
    asked = _typed(request, "first", "last", "key")
    try:
        wanted = DigestRequest(_day(asked["first"], "first"), _day(asked["last"], "last"),
                               asked["key"])  # fmt: skip
        made = open_digest(
            workspace=request.workspace, asked=wanted, at=request.at, by=author_of(request)
        )
    except (BadDigest, DigestRefused) as error:
        return _list(request, _refused("new", error, asked), status=422)
    ask_for_digest(workspace=request.workspace, key=made.key)
    return redirect("sprint_digest", request.workspace.slug, made.key)


@require_safe
@members_only
def sprint_digest(request: MemberRequest, key: str) -> HttpResponseBase:
    """Show a digest: what became of the last one, then its items."""
    return _page(request, key, TypedForm())


@require_POST
@writers_only(Permission.WORK_ON_INVESTIGATION)
def sprint_item(request: MemberRequest, key: str, number: int) -> HttpResponseBase:
    """Write in an item, or record what was decided about it."""
    names = ("deed", "text", "place", "horizon", "verdict", "ticket", "owner", "until", "reason")
    typed = _typed(request, *names)
    at, by = request.at, author_of(request)
    try:
        if typed["deed"] == "decide":
            until = _day(typed["until"], "until") if typed["until"] else None
            asked = DecisionRequest(
                typed["verdict"], typed["ticket"], typed["owner"], until, typed["reason"]
            )
            decide_item(
                workspace=request.workspace, key=key, number=number, asked=asked, at=at, by=by
            )
            messages.success(request, gettext("The decision is recorded."))
        else:
            edit_item(
                workspace_id=request.workspace.id,
                key=key,
                number=number,
                text=typed["text"],
                place=int(typed["place"]) if typed["place"].isdecimal() else None,
                horizon=typed["horizon"],
                at=at,
                by=by,
            )
            messages.success(request, gettext("What you wrote is kept."))
    except UnknownDigest as error:
        raise Http404 from error
    except (BadDigest, DigestRefused) as error:
        where = f"{typed['deed'] or 'edit'}-{number}"
        return _page(request, key, _refused(where, error, typed), status=422)
    answer = redirect("sprint_digest", request.workspace.slug, key)
    answer["Location"] += f"#item-{number}"
    return answer


@require_POST
@writers_only(Permission.WORK_ON_INVESTIGATION)
def sprint_steps(request: MemberRequest, key: str) -> HttpResponseBase:
    """Add a proposal, or close a digest."""
    typed = _typed(request, "deed", "text", "horizon")
    there, at, by = request.workspace.id, request.at, author_of(request)
    try:
        if typed["deed"] == "close":
            closed = close_digest(workspace_id=there, key=key, at=at, by=by)
            said = gettext("Closed. What was decided is in the next digest.")
            if closed.carried:
                left = Text("{count} item without a decision comes into the next digest by itself.",
                            "{count} items without a decision come into the next digest by"
                            " themselves.", count=len(closed.carried))  # fmt: skip
                said = f"{gettext('Closed.')} {reader_text(left)}"
            messages.success(request, said)
        else:
            add_proposal(
                workspace_id=there,
                key=key,
                text=typed["text"],
                horizon=typed["horizon"],
                at=at,
                by=by,
            )
            messages.success(request, gettext("Your proposal is added."))
    except UnknownDigest as error:
        raise Http404 from error
    except (BadDigest, DigestRefused) as error:
        where = "close" if typed["deed"] == "close" else "add"
        return _page(request, key, _refused(where, error, typed), status=422)
    return redirect("sprint_digest", request.workspace.slug, key)


@require_safe
@members_only
def sprint_file(request: MemberRequest, key: str, form: str) -> HttpResponse:
    """Download a digest as Markdown, as issues for GitHub, or as CSV for Jira."""
    if form not in FORMATS:
        raise Http404
    try:
        found = digest_named(
            workspace_id=request.workspace.id, key=key, has_words=form == "markdown"
        )
    except UnknownDigest as error:
        raise Http404 from error
    if request.member is not None:
        record_download(
            workspace_id=request.workspace.id,
            download=Download("sprint", len(found.items), ()),
            at=request.at,
            by=author_of(request),
        )
    ending, media = FORMATS[form]
    answer = HttpResponse(digest_file(found, form, reader_language()), content_type=media)
    answer["Content-Disposition"] = f'attachment; filename="sprint-{found.key}.{ending}"'
    return answer


def _list(request: MemberRequest, typed: TypedForm, *, status: int = 200) -> HttpResponseBase:
    found = digests(workspace_id=request.workspace.id)
    listing = recorded_list(request, DIGESTS, memory_source(found, DIGESTS))
    if not isinstance(listing, ListPage):
        return listing
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    usual = last_sprint(today)
    context = {
        "list": listing,
        "newest": found[0] if found else None,
        "typed": typed,
        "form": typed.values or {"first": f"{usual.first}", "last": f"{usual.last}", "key": ""},
        "may_write": may(request.member, Permission.WORK_ON_INVESTIGATION),
        "is_free": not found or found[0].state == "closed",
    }
    answer: HttpResponse = render(request, "reports/digests.html", context, status=status)
    return answer


def _page(
    request: MemberRequest, key: str, typed: TypedForm, *, status: int = 200
) -> HttpResponseBase:
    there = request.workspace
    try:
        found = digest_named(workspace_id=there.id, key=key, has_words=True)
    except UnknownDigest as error:
        raise Http404 from error
    if found.state == "preparing":
        ask_for_digest(workspace=there, key=found.key)
    if request.member is not None and any(one.quote for one in found.items):
        record_view(
            workspace_id=there.id,
            what="quotes of a digest",
            subject=f"digest:{found.key}",
            at=request.at,
            by=author_of(request),
        )
    context = {
        "digest": found,
        "state": reader_text(STATES[found.state]),
        "past": [
            (
                one,
                kinds,
                reader_text(decision_of(one.item)),
                [reader_text(text) for text in _became(one)],
                _cases(request, one.item.topic, found.first, found.last),
            )
            for one, kinds in found.past_topics
        ],
        "sections": [
            (kind, title, [_shown(request, one, found) for one in items])
            for kind, title, items in found.sections
        ],
        "open_count": len(found.undecided),
        "typed": typed,
        "horizons": [(name, reader_text(text)) for name, text in HORIZONS.items()],
        "verdicts": [(name, reader_text(text)) for name, text in VERDICTS.items()],
        "may_write": found.state == "open"
        and may(request.member, Permission.WORK_ON_INVESTIGATION),
        "forms": list(FORMATS),
    }
    answer: HttpResponse = render(request, "reports/digest.html", context, status=status)
    return answer


def _became(one: Any) -> list[Text]:
    return became_words(one.found, is_taken=one.item.verdict == "taken")


def _shown(request: MemberRequest, one: ItemRecord, digest: DigestRecord) -> ShownItem:
    said = claims(one.evidence, kind=one.kind, last=digest.last)
    return ShownItem(
        item=one,
        text=reader_text(one.words),
        claims=[
            (
                reader_text(claim.text),
                _cases(request, one.topic, claim.first, claim.last or claim.first)
                if claim.first
                else "",
            )
            for claim in said
        ],
        grade=reader_text(grade_words(one.evidence)),
        decision=reader_text(decision_of(one)),
    )


def _cases(request: MemberRequest, topic: str, first: date, last: date | None) -> str:
    """Return the address of the list of inquiries about a topic between two dates."""
    asked = {"release": "all", "topic": topic, "mode": "", "from": f"{first}", "to": f"{last}"}
    return f"{reverse('release_cases', args=[request.workspace.slug])}?{urlencode(asked)}"


def _typed(request: MemberRequest, *names: str) -> dict[str, str]:
    return {name: request.POST.get(name, "").replace("\0", "")[:MOST_TYPED] for name in names}


def _day(typed: str, field: str) -> date:
    try:
        return date.fromisoformat(typed.strip())
    except ValueError as error:
        raise BadDigest(field, Text("Give a date such as 2026-06-21.")) from error


def _refused(where: str, error: BadDigest | DigestRefused, values: dict[str, str]) -> TypedForm:
    return TypedForm(where, getattr(error, "field", ""), reader_text(error.text), values)
