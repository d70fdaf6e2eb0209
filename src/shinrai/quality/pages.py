"""Pages of quality: every figure with its definition, and the cases behind one."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.refusals import reader_words
from shinrai.console.rules.wording import language_of
from shinrai.inquiries.rules.kinds import MODES
from shinrai.ledger.queries import has_cases
from shinrai.quality.queries.definitions import definitions
from shinrai.quality.queries.lines import Lines, lines_now
from shinrai.quality.queries.listing import UnknownFigure, cases_behind
from shinrai.quality.queries.span import BadDates, DatesAsked, dates_asked
from shinrai.quality.queries.summary import QualitySummary, summary_now
from shinrai.quality.rules.figures import is_unknown
from shinrai.topics.queries import codebook
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
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    try:
        dates = asked_dates(request)
    except BadDates as error:
        refused = {"wrong": reader_words(error), "asked": _typed(request)}
        return render(request, "quality/quality.html", refused, status=422)
    found = summary_now(workspace=request.workspace, since=dates.since, until=dates.until)
    is_empty = not has_cases(workspace_id=request.workspace.id)
    if found is None:
        return render(
            request, "quality/quality.html", {"is_empty": is_empty, "is_pending": not is_empty}
        )
    lines = lines_now(
        workspace=request.workspace,
        today=min(dates.until or today, today),
        period="M",
        count=MONTHS,
    )
    query = _query(dates)
    chosen = _chosen(request.GET.get("mode", ""), found)
    context: dict[str, Any] = {
        "found": found,
        "shown": _mode_shown(chosen, found, lines),
        "modes": [
            {
                "mode": mode,
                "count": _size(figures),
                "link": urlencode({"mode": mode}) + f"&{query}",
            }
            for mode, figures in sorted(found.modes.items(), key=lambda pair: -_size(pair[1]))
        ],
        "asked": {**dates_shown(dates), "mode": chosen},
        "query": query,
        "nothing": (),
        "book": codebook(workspace_id=request.workspace.id),
        "is_empty": is_empty,
    }
    return render(request, "quality/quality.html", context)


def _chosen(asked: str, found: QualitySummary) -> str:
    """Choose the mode that was asked for, or the one by which most came."""
    if asked in found.modes:
        return asked
    return max(found.modes, key=lambda mode: _size(found.modes[mode]), default="")


def _size(figures: dict[str, Any]) -> int:
    """Count the inquiries of a mode."""
    return int(figures["flagged"]["of"])


def _mode_shown(mode: str, found: QualitySummary, lines: Lines) -> dict[str, Any]:
    """Lay out one mode: its figures by section, and those that are not known once more."""
    figures = found.modes.get(mode, {})
    sections = [
        {"name": name, "figures": [(key, figures[key]) for key in keys if key in figures]}
        for name, keys in SECTIONS
    ]
    every = [pair for section in sections for pair in section["figures"]]
    return {
        "mode": mode,
        "figures": figures,
        "lines": lines.get(mode, ()),
        "sections": sections,
        "unknown": [pair for pair in every if is_unknown(pair[1])],
        "asked": len(every),
    }


@require_safe
@members_only
def cases(request: MemberRequest) -> HttpResponse:
    """List the cases behind one figure, a page at a time."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    asked = {
        name: request.GET.get(name, "").strip() for name in ("figure", "mode", "part", "topic")
    }
    part = asked["part"] if asked["part"] in PARTS else "counted"
    page = request.GET.get("page", "1")
    try:
        dates = asked_dates(request)
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
            topics=[asked["topic"]] if asked["topic"] else (),
        )
    except (UnknownFigure, BadDates) as error:
        raise Http404 from error
    query = {"figure": found.figure, "mode": asked["mode"], **dates_shown(dates)}
    query |= {"topic": asked["topic"]} if asked["topic"] else {}
    book = codebook(workspace_id=request.workspace.id)
    counts = {"counted": found.count, "rest": found.of - found.count, "all": found.of}
    links = {name: "?" + urlencode({**query, "part": name}) for name in PARTS}
    context = {
        "found": found,
        "said": next(
            (d for d in definitions(language_of(get_language())) if d.measure.key == found.figure),
            None,
        ),
        "topic": book.name(asked["topic"], language_of(get_language())) if asked["topic"] else "",
        "part": part,
        "parts": [
            {"name": name, "link": links[name], "count": counts[name], "chosen": name == part}
            for name in PARTS
        ],
        "here": links[part],
        "mode": asked["mode"],
        "dates": dates,
        "back": urlencode(
            {**dates_shown(dates), **({"mode": asked["mode"]} if asked["mode"] else {})}
        ),
    }
    return render(request, "quality/cases.html", context)


def asked_dates(request: MemberRequest) -> DatesAsked:
    """Read the dates a page is asked about.

    Raises: BadDates.
    """
    typed = _typed(request)
    return dates_asked(
        typed["from"],
        typed["to"],
        today=request.at.astimezone(zone_named(request.workspace.zone)).date(),
        workspace_id=request.workspace.id,
    )


def _typed(request: MemberRequest) -> dict[str, Any]:
    return {name: request.GET.get(name, "").strip() for name in ("from", "to")}


def dates_shown(dates: DatesAsked) -> dict[str, str]:
    """Write dates as an address has them."""
    if dates.since is None and dates.until is None:
        return {"from": "all", "to": ""}
    return {
        "from": dates.since.isoformat() if dates.since else "",
        "to": dates.until.isoformat() if dates.until else "",
    }


def _query(dates: DatesAsked) -> str:
    return urlencode(dates_shown(dates))
