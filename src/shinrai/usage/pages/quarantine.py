"""The page of events that cannot count: why, what they hold, trying again, discarding."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.privacy.rules.masking import mask
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
        ListColumn("origin", _("From"), lambda row: row.event.origin, is_sortable=True),
        ListColumn("place", _("Place"), lambda row: row.event.place),
        ListColumn("at", _("When"), lambda row: row.event.at, is_sortable=True),
    ),
    row="usage/_set_aside.html",
    usual="-at",
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
    origin = request.GET.get("origin", "")
    if origin in origins:
        rows = [row for row in rows if row.event.origin == origin]
    chosen = ListFilter("origin", _("From"), tuple((one, one) for one in origins))
    listing = recorded_list(request, SET_ASIDE, memory_source(rows, SET_ASIDE), (chosen,))
    if not isinstance(listing, ListPage):
        return listing
    context = {"list": listing, "count": set_aside_count(there), "most": MOST}
    return render(request, "usage/quarantine.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.IMPORT)
def event_set_aside(request: MemberRequest, number: int) -> HttpResponseBase:
    """Show one event that cannot count, masked; try it again, or discard it."""
    there, by = request.workspace, author_of(request)
    wrong = ""
    try:
        if request.method == "POST":
            try:
                if request.POST.get("deed") == "discard":
                    discard_set_aside(
                        workspace_id=there.id,
                        number=number,
                        reason=request.POST.get("reason", ""),
                        at=request.at,
                        by=by,
                    )
                    messages.success(request, gettext("It is discarded."))
                else:
                    retry_set_aside(workspace_id=there.id, number=number, at=request.at, by=by)
                    messages.success(request, gettext("It counts now, from when it came."))
                return redirect("usage_quarantine", there.slug)
            except UserError as error:
                if isinstance(error, UnknownSetAside):
                    raise
                wrong = reader_text(error.text)
        found = set_aside_event(workspace_id=there.id, number=number)
        body = set_aside_body(workspace_id=there.id, number=number)
    except UnknownSetAside as error:
        raise Http404 from error
    record_view(
        workspace_id=there.id,
        what="event set aside",
        subject=f"event:{number}",
        at=request.at,
        by=by,
    )
    language = get_language() or "en"
    context = {
        "event": found,
        "reason": found.reason.get(language) or found.reason.get("en", ""),
        "body": mask(body.decode("utf-8", "replace")),
        "wrong": wrong,
        "may_change": may(request.member, Permission.IMPORT),
    }
    return render(request, "usage/event_set_aside.html", context, status=422 if wrong else 200)
