"""Pages of dashboards: the list, one of them, and changing it."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

import yaml
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.addresses import query_with
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.date_span import BadDateSpan, read_span
from shinrai.explore.operations.dashboards import retire_dashboard, save_dashboard
from shinrai.explore.operations.tiles import answered_tiles
from shinrai.explore.queries.alerts import alerts
from shinrai.explore.queries.dashboards import UnknownDashboard, dashboard_named, dashboards
from shinrai.explore.queries.questions import questions
from shinrai.explore.queries.tiles import ShownTile, TileRequest, shown_tiles, tile_title
from shinrai.explore.rules.dashboard import (
    DATES,
    PERIODS,
    USUAL,
    WIDTHS,
    BadDashboard,
    BoardPeriod,
    Dashboard,
    Tile,
    moved,
    period_asked,
    read_dashboard,
    with_tile,
)
from shinrai.explore.rules.permission import CASES, view_of
from shinrai.explore.rules.question import BadQuestion
from shinrai.topics.queries import codebook
from shinrai.units.text import Text
from shinrai.warehouse.kpis import kpis

LONGEST_YAML = 50_000
LIST = ListSpec[Dashboard](
    name="dashboards",
    columns=(
        ListColumn("title", _("Dashboard"), lambda row: row.title, True),
        ListColumn("key", _("Key"), lambda row: row.key, is_shown=False),
        ListColumn("tiles", _("Tiles"), lambda row: len(row.tiles), True, is_number=True),
        ListColumn("changed", _("Changed"), lambda row: row.at, True),
    ),
    row="explore/_dashboard.html",
)


@require_safe
@members_only
def dashboard_list(request: MemberRequest) -> HttpResponseBase:
    """List the dashboards of a workspace."""
    rows = dashboards(workspace_id=request.workspace.id)
    listing = recorded_list(request, LIST, memory_source(rows, LIST))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": len(rows),
        "raised": sum(1 for one in alerts(workspace_id=request.workspace.id) if one.raised_on),
        "may_write": may(request.member, Permission.FILE_INVESTIGATION),
    }
    return render(request, "explore/dashboards.html", context)


@require_safe
@members_only
def dashboard(request: MemberRequest, key: str) -> HttpResponse:
    """Show a dashboard for a period and a topic; `wall=1` fills the screen and renews itself."""
    found, wrong = _found(request, key), ""
    try:
        asked = tile_request(request, found)
    except BadDateSpan as error:
        asked, wrong = tile_request(request, found, {}), reader_text(error.text)
    is_dates = asked.period.key == DATES
    names = ("period", "topic", "from", "to")
    kept = {name: value for name in names if (value := request.GET.get(name, ""))}
    context = {
        "found": found,
        "tiles": tiles_of(asked, found, request),
        "period": asked.period,
        "wrong": wrong,
        "typed": asked.period.values if is_dates else {},
        "is_dates": is_dates or bool(wrong),
        "wall": query_with(kept, wall=1),
        "back": query_with(kept),
        "periods": [(name, reader_text(words)) for name, words in PERIODS.items()],
        "topic": asked.topic,
        "topics": [
            (one.key, reader_text(one.name))
            for one in codebook(workspace_id=request.workspace.id).in_use
        ],
        "is_wall": request.GET.get("wall") == "1",
        "alerted": {
            one.tile: one for one in alerts(workspace_id=request.workspace.id, dashboard=found.key)
        },
        "may_write": may(request.member, Permission.FILE_INVESTIGATION),
    }
    return render(request, "explore/dashboard.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.FILE_INVESTIGATION)
def edit_dashboard(request: MemberRequest, key: str = "") -> HttpResponse:
    """Change a dashboard: its tiles one by one, or all of it as YAML; or make a new one."""
    found = _found(request, key) if key else None
    if request.method != "POST":
        return _form(request, found, {})
    what = request.POST.get("what", "")
    mine: dict[str, Any] = {
        "workspace_id": request.workspace.id,
        "key": key,
        "at": request.at,
        "by": author_of(request),
    }
    if what == "retire" and found is not None:
        retire_dashboard(**mine)
        messages.success(request, gettext("Retired. Its links show nothing any more."))
        return redirect("dashboards", request.workspace.slug)
    try:
        title, period, tiles = _changed(request, found, what)
        kept = save_dashboard(title=title, period=period, tiles=tiles, is_new=found is None, **mine)
    except (BadDashboard, BadQuestion) as error:
        return _form(request, found, {"yaml": request.POST.get("yaml", "")},
                     reader_text(error.text))  # fmt: skip
    if what in ("yaml", "new"):
        return redirect("dashboard", request.workspace.slug, kept.key)
    return redirect("edit_dashboard", request.workspace.slug, kept.key)


def tile_request(
    request: MemberRequest, found: Dashboard, given: Mapping[str, str] | None = None
) -> TileRequest:
    """Return how the reader looks at the tiles of a dashboard.

    Raises: BadDateSpan.
    """
    given = request.GET if given is None else given
    topics = codebook(workspace_id=request.workspace.id).topics
    topic = given.get("topic", "")
    return TileRequest(
        request.workspace,
        # Without signing in only a simulated workspace is read: nobody in it needs protecting.
        view_of(request.member.roles) if request.member else CASES,
        reader_language(),
        _period(given, found.period, at=request.at, zone=zone_named(request.workspace.zone)),
        topic if topic in topics else "",
    )


def _period(given: Mapping[str, str], usual: str, *, at: datetime, zone: tzinfo) -> BoardPeriod:
    typed = {name: given.get(name, "").strip() for name in ("from", "to")}
    span = read_span(typed, at=at, zone=zone) if any(typed.values()) else None
    return period_asked(
        given.get("period", ""),
        usual,
        today=at.astimezone(zone).date(),
        since=span.since if span else None,
        until=span.until if span else None,
    )


def tiles_of(asked: TileRequest, found: Dashboard, request: MemberRequest) -> tuple[ShownTile, ...]:
    """Return the tiles with answers; those nobody looked at before are computed now."""
    # A visitor of the sample company reads what is there: they run nothing.
    if request.member is None:
        return shown_tiles(asked, found.tiles, at=request.at)
    return answered_tiles(asked, found, at=request.at)


def _found(request: MemberRequest, key: str) -> Dashboard:
    try:
        return dashboard_named(workspace_id=request.workspace.id, key=key)
    except UnknownDashboard as error:
        raise Http404 from error


def _changed(
    request: MemberRequest, found: Dashboard | None, what: str
) -> tuple[str, str, tuple[Tile, ...]]:
    """Return title, period and tiles after what was asked for.

    Raises: BadDashboard.
    """
    posted = request.POST
    title = posted.get("title", "") or (found.title if found else "")
    period = posted.get("period", "") or (found.period if found else USUAL)
    tiles = found.tiles if found else ()
    number = posted.get("tile", "")
    if what == "yaml":
        return _from_yaml(posted.get("yaml", ""), title)
    if what in ("up", "down"):
        tiles = moved(tiles, number, -1 if what == "up" else 1)
    elif what == "place" and posted.get("place", "").lstrip("-").isdecimal():
        tiles = moved(tiles, number, int(posted["place"]))
    elif what == "remove":
        tiles = tuple(one for one in tiles if one.id != number)
    elif what == "set":
        width = posted.get("width", "2")
        tiles = tuple(
            Tile(one.id, one.kind, one.source, posted.get("tile_title", one.title).strip(),
                 one.text, int(width) if width in map(str, WIDTHS) else one.width,
                 posted.get("is_public") == "on")
            if one.id == number
            else one
            for one in tiles
        )  # fmt: skip
    elif what == "add":
        kind, _colon, source = posted.get("source", "").partition(":")
        text = posted.get("text", "").strip()
        tile = Tile("", "text", text=text) if not source else Tile("", kind, source)
        if not source and not text:
            raise BadDashboard(Text("choose a question or a measure, or write a text"))
        tiles = with_tile(tiles, tile)
    return title, period, tiles


def _from_yaml(text: str, title: str) -> tuple[str, str, tuple[Tile, ...]]:
    """Return title, period and tiles of a dashboard's file; the title may be left out.

    Raises: BadDashboard.
    """
    try:
        document = yaml.safe_load(text[:LONGEST_YAML]) or {}
    except yaml.YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise BadDashboard(Text("line {line} is no YAML", line=line)) from error
    if not isinstance(document, dict):
        raise BadDashboard(Text("a dashboard has: title, period, tiles"))
    title = str(document.pop("title", title))
    return (title, *read_dashboard(document))


def _form(
    request: MemberRequest, found: Dashboard | None, typed: dict[str, str], wrong: str = ""
) -> HttpResponse:
    written = typed.get("yaml") or (
        yaml.safe_dump(
            {"title": found.title, **found.document}, allow_unicode=True, sort_keys=False
        )
        if found
        else ""
    )
    asked = questions(workspace_id=request.workspace.id)
    known = {one.key: one for one in asked}
    context = {
        "found": found,
        "tiles": [
            (one, one.text or tile_title(one, known.get(one.source), reader_language()))
            for one in (found.tiles if found else ())
        ],
        "yaml": written,
        "wrong": wrong,
        "periods": [(name, reader_text(words)) for name, words in PERIODS.items()],
        "widths": WIDTHS,
        "questions": asked,
        "measures": [(key, reader_text(one.name)) for key, one in kpis().items()],
    }
    return render(request, "explore/edit_dashboard.html", context, status=422 if wrong else 200)
