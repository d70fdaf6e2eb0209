"""Due times for calendars: the feed itself, and the page where a member makes its address."""

from typing import Any, Final

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.operations.feed_addresses import (
    end_feed_address,
    feed_address,
    feed_reader,
    make_feed_address,
)
from shinrai.accounts.pages.guards import MemberRequest, open_to_all, writers_only
from shinrai.accounts.queries import workspace_numbered
from shinrai.accounts.rules.permission import Permission
from shinrai.api.rate_limit import count_request
from shinrai.desk.queries.due_feed import due_feed

PER_MINUTE: Final = 20  # calendars ask every few minutes


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writers_only(Permission.READ)  # of a simulated workspace too: an address is a member's
def feed_settings(request: MemberRequest) -> HttpResponseBase:
    """Say whether the member has an address; make one, which is shown this once, or end it."""
    member = request.member
    assert member is not None
    what = request.POST.get("what", "")
    context: dict[str, Any] = {}
    if what == "end":
        end_feed_address(member_id=member.id, at=request.at, by=member.key)
        messages.success(request, gettext("Nothing is answered at your address any more."))
        return redirect("feed_settings", request.workspace.slug)
    if what == "make":
        is_own = request.POST.get("of") == "own"
        token = make_feed_address(member=member, is_own=is_own, at=request.at)
        context["made"] = settings.SHINRAI_ADDRESS + reverse("due_feed", args=[token])
    context["feed"] = feed_address(member_id=member.id)
    return render(request, "desk/feed_settings.html", context)


@require_safe
@open_to_all
def due_times(request: MemberRequest, token: str) -> HttpResponse:
    """Answer the due times to a calendar program, which has nothing but the address."""
    found = feed_reader(token)
    if found is None:
        raise Http404
    feed, member = found
    limit = count_request(f"feed:{feed.id}", at=request.at, most=PER_MINUTE)
    if limit.is_over:
        return HttpResponse(status=429, headers={"Retry-After": str(limit.reset_s)})
    workspace = workspace_numbered(member.workspace_id)
    calendar = due_feed(
        workspace, member, is_own=feed.is_own, at=request.at, address=settings.SHINRAI_ADDRESS
    )
    record_view(
        workspace_id=workspace.id,
        what="due times in a calendar",
        subject=f"workspace:{workspace.id}",
        at=request.at,
        by=member.key,
        shown=calendar.shown,
    )
    return HttpResponse(calendar.ics, content_type="text/calendar; charset=utf-8")
