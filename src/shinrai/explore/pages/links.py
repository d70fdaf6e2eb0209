"""Links that show one dashboard without signing in, and alerts of its tiles."""

from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, open_to_all, writers_only
from shinrai.accounts.queries import workspace_numbered
from shinrai.accounts.rules.permission import Permission
from shinrai.api.rate_limit import count_request
from shinrai.console.reader import reader_language, reader_text
from shinrai.delivery.mail import has_server
from shinrai.explore.operations.alerts import end_alert, set_alert
from shinrai.explore.operations.links import BadLink, make_link, revoke_link
from shinrai.explore.operations.tiles import compute_tile
from shinrai.explore.queries.alerts import ALERTED, alert_history, alerts
from shinrai.explore.queries.dashboards import UnknownDashboard, dashboard_named
from shinrai.explore.queries.links import link_of, open_links
from shinrai.explore.queries.tiles import TileRequest, question_of, shown_tiles, tile_title
from shinrai.explore.rules.alerts import KINDS, SIDES, BadAlert, alert_rule
from shinrai.explore.rules.dashboard import Dashboard, period_of
from shinrai.explore.rules.permission import GROUPS
from shinrai.units.errors import UserError
from shinrai.units.text import LANGUAGES

PER_MINUTE: Final = 60


@require_safe
@never_cache
@open_to_all
def shared_dashboard(request: MemberRequest, token: str) -> HttpResponse:
    """Show the public tiles of a dashboard to whoever has the link, by groups of persons alone."""
    link = link_of(token, at=request.at)
    if link is None:
        raise Http404
    limit = count_request(f"dashboard-link:{link.id}", at=request.at, most=PER_MINUTE)
    if limit.is_over:
        return HttpResponse(status=429, headers={"Retry-After": str(limit.reset_s)})
    workspace = workspace_numbered(link.workspace_id)
    try:
        found = dashboard_named(workspace_id=workspace.id, key=link.dashboard)
    except UnknownDashboard as error:
        raise Http404 from error
    today = request.at.astimezone(ZoneInfo(workspace.zone)).date()
    asked = TileRequest(workspace, GROUPS, reader_language(), period_of(found.period, today))
    public = tuple(one for one in found.tiles if one.is_public)
    record_view(
        workspace_id=workspace.id,
        what="dashboard by link",
        subject=f"dashboard:{found.key}/link:{link.id}",
        at=request.at,
        by=f"link:{link.id}",
    )
    context = {
        "found": found,
        "title": found.title,
        "tiles": shown_tiles(asked, public, at=request.at),
        "period": asked.period,
        "expires_at": link.expires_at,
        "is_shared": True,
    }
    answer = render(request, "explore/shared.html", context)
    answer["X-Robots-Tag"] = "noindex"
    answer["Referrer-Policy"] = "no-referrer"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@writers_only(Permission.DELIVER)
def dashboard_links(request: MemberRequest, key: str) -> HttpResponse:
    """List the open links of a dashboard; make one, shown this once, or revoke one."""
    found = _found(request, key)
    there, context = request.workspace.id, dict[str, Any]()
    mine: dict[str, Any] = {"workspace_id": there, "at": request.at, "by": author_of(request)}
    what, number = request.POST.get("what", ""), request.POST.get("number", "")
    if what == "revoke" and number.isdecimal():
        revoke_link(number=int(number), **mine)
        messages.success(request, gettext("The link shows nothing any more."))
        return redirect("dashboard_links", request.workspace.slug, key)
    if what == "make":
        days = request.POST.get("days", "")
        try:
            _prepare(request, found)
            token = make_link(
                dashboard=key, days=int(days) if days.isdecimal() and len(days) < 6 else 0, **mine
            )
            context["made"] = settings.SHINRAI_ADDRESS + reverse("shared_dashboard", args=[token])
        except BadLink as error:
            context["wrong"] = reader_text(error.text)
    context |= {
        "found": found,
        "links": open_links(workspace_id=there, dashboard=key, at=request.at),
        "public": [one for one in found.tiles if one.is_public],
    }
    status = 422 if "wrong" in context else 200
    return render(request, "explore/links.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.DELIVER)
def dashboard_alerts(request: MemberRequest, key: str) -> HttpResponse:
    """List the alerts of a dashboard's tiles and what became of them; set or end one."""
    found = _found(request, key)
    there, at, by = request.workspace.id, request.at, author_of(request)
    posted, wrong = request.POST, ""
    place = (key, posted.get("tile", ""))
    if request.method == "POST" and found.tile(place[1]) is None:
        raise Http404
    if posted.get("what") == "end":
        end_alert(workspace_id=there, place=place, at=at, by=by)
        messages.success(request, gettext("No alert is raised for it any more."))
        return redirect("dashboard_alerts", request.workspace.slug, key)
    if request.method == "POST":
        target = (posted.get("channel", ""), posted.get("target", ""), posted.get("language", ""))
        try:
            rule = alert_rule(*(posted.get(name, "") for name in ("kind", "side", "value")))
            set_alert(workspace_id=there, place=place, rule=rule, target=target, at=at, by=by)
        except (BadAlert, UserError) as error:
            wrong = reader_text(error.text)
        else:
            messages.success(request, gettext("Set. It is judged whenever the tile is renewed."))
            return redirect("dashboard_alerts", request.workspace.slug, key)
    there_are = alerts(workspace_id=there, dashboard=key)
    titles = {
        one.id: tile_title(one, question_of(one, workspace_id=there), reader_language())
        for one in found.tiles
        if one.kind != "text"
    }
    context = {
        "found": found,
        "alerts": [(titles.get(one.tile, one.tile), one) for one in there_are],
        "history": alert_history(there_are),
        "titles": titles.items(),
        "kinds": KINDS.items(),
        "sides": SIDES,
        "channels": ALERTED.items(),
        "has_mail": has_server(),
        "asked": posted or {"language": reader_language(), "kind": "threshold", "side": "above"},
        "wrong": wrong,
    }
    return render(request, "explore/alerts.html", context, status=422 if wrong else 200)


def _prepare(request: MemberRequest, found: Dashboard) -> None:
    """Compute what a link shows, in both languages, before anybody follows it."""
    today = request.at.astimezone(ZoneInfo(request.workspace.zone)).date()
    for language in LANGUAGES:
        asked = TileRequest(request.workspace, GROUPS, language, period_of(found.period, today))
        for tile in found.tiles:
            if tile.is_public and tile.kind != "text":
                compute_tile(asked, tile, at=request.at)


def _found(request: MemberRequest, key: str) -> Dashboard:
    try:
        return dashboard_named(workspace_id=request.workspace.id, key=key)
    except UnknownDashboard as error:
        raise Http404 from error
