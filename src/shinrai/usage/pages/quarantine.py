"""The page of events that cannot count: why, what they hold, trying again, discarding."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.operations.audit import record_reveal, record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import revealed_until
from shinrai.accounts.rules.audit import read_reason
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.privacy.operations import masker
from shinrai.units.errors import UserError
from shinrai.usage.operations.retry import discard_set_aside, retry_set_aside
from shinrai.usage.queries.actors import (
    EventSetAside,
    UnknownSetAside,
    set_aside_body,
    set_aside_count,
    set_aside_event,
    set_aside_events,
)

MOST = 5_000  # of the newest; there may be any number
MOST_REASONS = 50  # to choose from, the most frequent


@dataclass(frozen=True)
class SetAsideRow:
    """An event set aside, with its reason in the reader's language."""

    event: EventSetAside
    reason: str


SET_ASIDE = ListSpec[SetAsideRow](
    name="usage-quarantine",
    columns=(
        ListColumn("number", _("Number"), lambda row: row.event.number, is_sortable=True),
        ListColumn("reason", _("Why"), lambda row: row.reason, is_sortable=True),
        ListColumn("origin", _("Sent by"), lambda row: row.event.origin, is_sortable=True),
        ListColumn("place", _("Place"), lambda row: row.event.place),
        ListColumn("at", _("When"), lambda row: row.event.at, is_sortable=True),
    ),
    row="usage/_set_aside.html",
    usual="-at",
    a_page=20,
    anchor="rows",
)


@require_safe
@members_only
def usage_quarantine(request: MemberRequest) -> HttpResponseBase:
    """List the events that cannot count, the newest first."""
    there, language = request.workspace.id, get_language() or "en"
    rows = [
        SetAsideRow(one, one.reason.get(language) or one.reason.get("en", ""))
        for one in set_aside_events(there, limit=MOST)
    ]
    origins = sorted({row.event.origin for row in rows})
    counts = Counter(row.reason for row in rows).most_common(MOST_REASONS)
    reasons = [one for one, _count in counts]
    origin, reason = (request.GET.get(name, "") for name in ("origin", "why"))
    rows = [
        row
        for row in rows
        if (origin not in origins or row.event.origin == origin)
        and (reason not in reasons or row.reason == reason)
    ]
    filters = [
        ListFilter(name, title, tuple((one, one) for one in choices))
        for name, title, choices in (("why", _("Why"), reasons), ("origin", _("Sent by"), origins))
        if len(choices) > 1
    ]
    listing = recorded_list(request, SET_ASIDE, memory_source(rows, SET_ASIDE), filters)
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": set_aside_count(there),
        "most": MOST,
        "reasons": counts[:8],
    }
    return render(request, "usage/quarantine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.IMPORT)
def event_set_aside(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show one event that cannot count, masked; unmask it, try it again, or discard it."""
    there, wrong = request.workspace, ""
    try:
        found = set_aside_event(workspace_id=there.id, number=number)
        if request.method == "POST":
            try:
                return redirect(_done(request, number))
            except UnknownSetAside:
                raise
            except UserError as error:
                wrong = reader_text(error.text)
        body = set_aside_body(workspace_id=there.id, number=number).strip().decode(errors="replace")
    except UnknownSetAside as error:
        raise Http404 from error
    subject, by, language = f"event:{number}", author_of(request), get_language() or "en"
    until = revealed_until(case_id=None, subject=subject, by=by, at=request.at)
    record_view(
        workspace_id=there.id, what="event set aside", subject=subject, at=request.at, by=by
    )
    context = {
        "event": found,
        "reason": found.reason.get(language) or found.reason.get("en", ""),
        "body": body if until else masker(workspace_id=there.id)(body),
        "revealed_until": until,
        "wrong": wrong,
        "typed": request.POST,
    }
    return render(request, "usage/event_set_aside.html", context, status=422 if wrong else 200)


def _done(request: MemberRequest, number: int) -> str:
    """Do what the form asks; return the address to go on at. Raises: UserError."""
    there, by, at = request.workspace.id, author_of(request), request.at
    reason, deed = request.POST.get("reason", ""), request.POST.get("deed", "")
    if deed == "discard":
        discard_set_aside(workspace_id=there, number=number, reason=reason, at=at, by=by)
        messages.success(request, gettext("It is discarded."))
    elif deed == "retry":
        retry_set_aside(workspace_id=there, number=number, at=at, by=by)
        messages.success(request, gettext("It counts now, from when it came."))
    else:
        record_reveal(
            workspace_id=there,
            subject=f"event:{number}",
            case_id=None,
            reason=read_reason(reason),
            at=at,
            by=by,
        )
        return request.path
    return reverse("usage_quarantine", args=[request.workspace.slug])
