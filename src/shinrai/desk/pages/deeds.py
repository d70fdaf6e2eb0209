"""Deeds on many cases of the queue, confirmed first; and the filters a member keeps."""

from typing import Any
from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.console.addresses import query_with
from shinrai.console.reader import reader_text
from shinrai.desk.operations.bulk import (
    MOST,
    BulkRequest,
    act_on_cases,
    assignable,
    refusal,
)
from shinrai.desk.operations.saved_filters import BadFilter, delete_filter, save_filter
from shinrai.desk.queries.places import case_names
from shinrai.desk.queries.rows import rows_then, titled
from shinrai.topics.queries import codebook

ME = "me"
SHOWN = 5  # refusals that are written out


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.READ)
def deeds(request: MemberRequest) -> HttpResponse:
    """Show exactly which cases a deed would change and which refuse it; do it once confirmed."""
    assert request.member is not None
    given = request.GET if request.method in ("GET", "HEAD") else request.POST
    ids = list(dict.fromkeys(int(one) for one in given.getlist("case") if _is_number(one)))[:MOST]
    back = reverse("queue", args=[request.workspace.slug]) + query_with(
        dict(parse_qsl(given.get("back", "")))
    )
    deed, value = _deed(request, given)
    if not ids or not value:
        said = (
            gettext("No case was chosen.")
            if not ids
            else gettext("Choose to whom, or which topic.")
        )
        messages.error(request, said)
        return redirect(back)
    if request.method == "POST":
        found = act_on_cases(
            BulkRequest(
                request.member, ids, "label" if deed == "label" else "assign", value, request.at
            )
        )
        _say(request, deed, found.done, [reader_text(text) for text in found.refused])
        return redirect(back)
    names = case_names(workspace_id=request.workspace.id, has_names=True)
    rows = rows_then(ids, workspace_id=request.workspace.id, at=request.at, names=names)
    rows = titled([row for row in rows if row.head.workspace_id == request.workspace.id])
    record_view(
        workspace_id=request.workspace.id,
        what="titles in the queue",
        subject=f"workspace:{request.workspace.id}",
        at=request.at,
        by=author_of(request),
        shown=[row.case_id for row in rows],
    )
    why = [(row, refusal(request.member, row.head, deed)) for row in rows]
    context = {
        "rows": [row for row, refused in why if refused is None],
        "refused": [refused for _, refused in why if refused is not None],
        "deed": deed,
        "value": value,
        "name": _name(request, deed, value),
        "back": given.get("back", ""),
        "back_address": back,
    }
    return render(request, "desk/deeds.html", context)


@require_POST
@writers_only(Permission.READ)
def filters(request: MemberRequest) -> HttpResponse:
    """Keep the present filter under a name, or delete one; and go back to the queue."""
    assert request.member is not None
    query = request.POST.get("query", "")
    if _is_number(gone := request.POST.get("delete", "")):
        delete_filter(member_id=request.member.id, filter_id=int(gone))
        messages.success(request, gettext("The filter is deleted."))
        return redirect("queue", request.workspace.slug)
    name = request.POST.get("name", "")
    try:
        save_filter(member_id=request.member.id, name=name, query=query, at=request.at)
    except BadFilter as error:
        messages.error(request, reader_text(error.text))
    else:
        messages.success(request, gettext("“%(name)s” is kept.") % {"name": name})
    address = reverse("queue", args=[request.workspace.slug])
    return redirect(address + query_with(dict(parse_qsl(query))))


def _deed(request: MemberRequest, given: Any) -> tuple[str, str]:
    """Read the deed and its value: a person ("me" is the reader) or a topic."""
    if given.get("deed") == "label":
        topic = given.get("topic", "")
        known = {one.key for one in codebook(workspace_id=request.workspace.id).in_use}
        return "label", topic if topic in known else ""
    to = given.get("to", "")
    to = author_of(request) if to == ME else to
    return "assign", to if to in assignable(workspace_id=request.workspace.id) else ""


def _name(request: MemberRequest, deed: str, value: str) -> str:
    if deed == "label":
        return reader_text(codebook(workspace_id=request.workspace.id).name(value))
    return assignable(workspace_id=request.workspace.id)[value]


def _say(request: MemberRequest, deed: str, done: int, refused: list[str]) -> None:
    if done:
        said = (
            ngettext("%(n)s case is labelled.", "%(n)s cases are labelled.", done)
            if deed == "label"
            else ngettext("%(n)s case is assigned.", "%(n)s cases are assigned.", done)
        )
        messages.success(request, said % {"n": done})
    if refused:
        said = ngettext("%(n)s was refused:", "%(n)s were refused:", len(refused))
        reasons = "; ".join(refused[:SHOWN]) + ("; …" if len(refused) > SHOWN else "")
        messages.error(request, f"{said % {'n': len(refused)}} {reasons}")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
