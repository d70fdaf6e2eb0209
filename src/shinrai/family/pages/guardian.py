"""The pages of guardians: how they come in, and what they read of a child."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any, Final

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, open_to_all
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.api.rate_limit import count_request
from shinrai.console.charts.month import days_of_month
from shinrai.console.charts.svg import Drawing
from shinrai.console.reader import reader_text
from shinrai.family.operations.ways_in import WayInSpent, mail_ways_in, use_way_in
from shinrai.family.pages.session import (
    GuardianRequest,
    begin_visit,
    end_visit,
    guardians_only,
    visit_of,
)
from shinrai.family.queries.child import ChildView, child_view
from shinrai.family.queries.guardians import (
    GuardianRecord,
    LinkedLearner,
    guardian_numbered,
    linked_learners,
    links_of_workspace,
)
from shinrai.family.queries.notices import notices_to
from shinrai.family.rules.week import time_text
from shinrai.usage.queries.achievement import USUAL_DAYS

OF_PLACE: Final = 10  # a minute, of an address of the network
PLACES: Final = 4096
LONGEST: Final = 254
SOME, MUCH = 15, 45  # minutes of a day that is drawn fuller


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def family(request: Any) -> HttpResponseBase:
    """Ask for the address of mail, and answer every address alike; who is in goes on."""
    if request.method != "POST":
        visit = visit_of(request)
        if visit is None:
            return render(request, "family/come_in.html", {"sent": "sent" in request.GET})
        children = linked_learners(visit.guardian.id, request.at)
        if children:
            return redirect("family_child", children[0].learner)
        return render(request, "family/no_child.html", _context(visit.workspace, visit.guardian))
    address = request.POST.get("mail", "").replace("\0", "").strip()[:LONGEST]
    # Addresses of the network fall into places, so that none is kept.
    caller = f"{settings.SECRET_KEY}{get_client_ip(request)}".encode()
    place = int.from_bytes(blake2b(caller, digest_size=8).digest()) % PLACES
    if count_request(f"family:{place}", at=request.at, most=OF_PLACE).is_over:
        context = {"is_over": True, "mail": address}
        return render(request, "family/come_in.html", context, status=429)
    if address:
        mail_ways_in(address=address, at=request.at)
    return redirect("/family/?sent=1")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def way_in(request: Any, token: str) -> HttpResponseBase:
    """Let a guardian in by a link; programs open links too, so that only its button uses it."""
    if request.method != "POST":
        return render(request, "family/way_in.html")
    try:
        guardian = use_way_in(token, at=request.at)
    except WayInSpent as error:
        context = {"wrong": reader_text(error.text)}
        return render(request, "family/way_in.html", context, status=410)
    answer = redirect("family")
    begin_visit(answer, guardian, request)
    return answer


@require_POST
@open_to_all
def way_out(request: HttpRequest) -> HttpResponseBase:
    """End the session of a guardian."""
    answer = redirect("family")
    end_visit(answer)
    return answer


@require_safe
@never_cache
@open_to_all
@guardians_only
def child(request: GuardianRequest, learner: int) -> HttpResponseBase:
    """Show a guardian what a child of theirs studied; another's child is not found."""
    visit = request.visit
    children = linked_learners(visit.guardian.id, request.at)
    if learner not in {one.learner for one in children}:
        raise Http404
    _viewed(request, visit.workspace.id, learner, by=visit.by)
    return _shown(request, visit.workspace, visit.guardian, children, learner)


@require_safe
@members_only
def as_guardian(request: MemberRequest) -> HttpResponseBase:
    """Show what a guardian of made-up data sees; of real data nobody sees it so."""
    there = request.workspace
    if not there.is_simulated:
        raise Http404
    links = [one for one in links_of_workspace(there.id, request.at) if one.state == "linked"]
    counts = Counter(one.guardian for one in links if one.guardian is not None)
    guardian = next(
        (found for one, _n in counts.most_common() if (found := guardian_numbered(there.id, one))),
        None,
    )
    if guardian is None:
        return render(request, "family/no_child.html", {"workspace": there, "is_simulated": True})
    children = linked_learners(guardian.id, request.at)
    asked = request.GET.get("learner", "")
    known = [one.learner for one in children]
    learner = next((one for one in known if str(one) == asked), known[0])
    if request.member is not None:
        _viewed(request, there.id, learner, by=author_of(request))
    return _shown(request, there, guardian, children, learner)


def _viewed(request: Any, workspace_id: int, learner: int, *, by: str) -> None:
    record_view(
        workspace_id=workspace_id,
        what="guardian read of a child",
        subject=f"customer:{learner}",
        at=request.at,
        by=by,
    )


def _shown(
    request: Any,
    workspace: WorkspaceRecord,
    guardian: GuardianRecord,
    children: Sequence[LinkedLearner],
    learner: int,
) -> HttpResponse:
    view = child_view(workspace, learner, at=request.at)
    names = {one.learner: one.name or _("Your child") for one in children}
    before = (view.month - timedelta(days=1)).replace(day=1)
    context = {
        **_context(workspace, guardian),
        "children": list(names.items()),
        "name": names[learner],
        "number": learner,
        "view": view,
        "line": reader_text(view.line.text),
        "dinner": reader_text(view.dinner) if view.dinner else "",
        "pictures": [_picture(view, one) for one in (before, view.month)],
        "month_days": sum(one >= view.month for one in view.days),
        "before_days": sum(before <= one < view.month for one in view.days),
        "subjects": [(one, reader_text(time_text(one.minutes))) for one in view.subjects],
        "score_days": USUAL_DAYS,
        "is_simulated": workspace.is_simulated,
        "told": notices_to(guardian.id, at=request.at, learner=learner),
    }
    return render(request, "family/child.html", context)


def _context(workspace: WorkspaceRecord, guardian: GuardianRecord) -> dict[str, Any]:
    return {
        "workspace": workspace,
        "guardian": guardian,
    }


def _picture(view: ChildView, start: date) -> Drawing:
    def cell(day: date) -> tuple[str, str]:
        found = view.days.get(day)
        if found is None:
            words = "" if day > view.today else _("{day}: no study").format(day=f"{day:%m-%d}")
            return ("closed" if day > view.today else "none"), words
        minutes = found.minutes
        sort = "much" if minutes >= MUCH else "some" if minutes >= SOME else "little"
        time = reader_text(time_text(minutes)) if minutes else _("studied")
        return sort, f"{day:%m-%d}: {time}"

    count = sum(start <= day <= view.today and day.month == start.month for day in view.days)
    return days_of_month(
        start,
        cell,
        today=view.today,
        desc=ngettext("{n} day of study", "{n} days of study", count).format(n=count),
        weekdays=tuple(str(WEEKDAYS_ABBR[(day - 1) % 7])[:2] for day in range(7)),
    )
