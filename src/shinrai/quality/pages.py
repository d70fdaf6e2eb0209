"""Pages of quality: every figure with its definition, and the cases behind one."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.guards import MemberRequest, members_only
from shinrai.calendars.rules.zones import zone_named
from shinrai.console.refusals import reader_words
from shinrai.inquiries.rules.kinds import MODES
from shinrai.quality.measures.declared import MEASURES
from shinrai.quality.queries.listing import UnknownFigure, cases_behind
from shinrai.quality.queries.remembering import lines_now, summary_now
from shinrai.quality.queries.span import BadDates, DatesAsked, dates_asked
from shinrai.warehouse.store import Warehouse

MONTHS = 12
PARTS = ("counted", "rest", "all")
MOST_PAGES = 100_000
# The figures of a page, in the order in which one asks; each key is one of MEASURES §5.
SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("reply", ("next_business_day", "same_day", "first_reply")),
    ("effort", ("round_trips", "one_reply")),
    ("held", ("solved", "reopened_14", "reopened_later", "repeat_contact", "truly_solved")),
    ("lines", ("self_resolved", "highest_tier", "handovers", "waited")),
    ("investigations", ("sent_back", "correctness")),
    ("people", ("answer_quality", "agreement", "single_person", "neglected")),
)


@require_safe
@members_only
def quality(request: MemberRequest) -> HttpResponse:
    """Show what quality is, how it is measured, and what is not known."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    try:
        dates = _dates(request, warehouse)
    except BadDates as error:
        refused = {"wrong": reader_words(error), "asked": _typed(request)}
        return render(request, "quality/quality.html", refused, status=422)
    found = summary_now(
        workspace=request.workspace,
        at=request.at,
        warehouse=warehouse,
        since=dates.since,
        until=dates.until,
    )
    lines = lines_now(
        workspace=request.workspace,
        at=request.at,
        today=min(dates.until or today, today),
        warehouse=warehouse,
        period="M",
        count=MONTHS,
    )
    context: dict[str, Any] = {
        "found": found,
        "modes": [
            {"mode": mode, "figures": figures, "lines": lines.get(mode, ())}
            for mode, figures in found.modes.items()
        ],
        "sections": SECTIONS,
        "measures": MEASURES,
        "asked": _shown(dates),
        "query": _query(dates),
        "today": today,
    }
    return render(request, "quality/quality.html", context)


@require_safe
@members_only
def cases(request: MemberRequest) -> HttpResponse:
    """List the cases behind one figure, a page at a time."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    asked = {name: request.GET.get(name, "").strip() for name in ("figure", "mode", "part")}
    part = asked["part"] if asked["part"] in PARTS else "counted"
    page = request.GET.get("page", "1")
    try:
        dates = _dates(request, warehouse)
        found = cases_behind(
            workspace=request.workspace,
            figure=asked["figure"],
            at=request.at,
            warehouse=warehouse,
            mode=asked["mode"] if asked["mode"] in MODES else None,
            since=dates.since,
            until=dates.until,
            part=part,
            page=min(int(page), MOST_PAGES) if page.isdecimal() else 1,
        )
    except (UnknownFigure, BadDates) as error:
        raise Http404 from error
    query = {"figure": found.figure, "mode": asked["mode"], **_shown(dates)}
    links = {name: "?" + urlencode({**query, "part": name}) for name in PARTS}
    context = {"found": found, "part": part, "mode": asked["mode"], "links": links, "dates": dates}
    return render(request, "quality/cases.html", context)


def _dates(request: MemberRequest, warehouse: Warehouse) -> DatesAsked:
    typed = _typed(request)
    return dates_asked(
        typed["from"],
        typed["to"],
        today=request.at.astimezone(zone_named(request.workspace.zone)).date(),
        workspace_id=request.workspace.id,
        warehouse=warehouse,
    )


def _typed(request: MemberRequest) -> dict[str, Any]:
    return {name: request.GET.get(name, "").strip() for name in ("from", "to")}


def _shown(dates: DatesAsked) -> dict[str, str]:
    if dates.since is None and dates.until is None:
        return {"from": "all", "to": ""}
    return {
        "from": dates.since.isoformat() if dates.since else "",
        "to": dates.until.isoformat() if dates.until else "",
    }


def _query(dates: DatesAsked) -> str:
    return urlencode(_shown(dates))
