"""Pages of quality: figures with definitions, the cases behind one, and neglected accounts."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.addresses import query_with
from shinrai.console.dates import PageDates, page_dates
from shinrai.console.lists import ListColumn, ListPage, ListSpec, Source, list_page
from shinrai.console.rules.date_span import DateSpan
from shinrai.console.rules.wording import language_of
from shinrai.inquiries.rules.kinds import MODES
from shinrai.ledger.queries import has_cases
from shinrai.quality.queries.account_list import AccountList, ListedAccount, accounts_behind
from shinrai.quality.queries.definitions import definitions
from shinrai.quality.queries.lines import Lines, lines_now
from shinrai.quality.queries.listing import (
    A_PAGE,
    ListedCase,
    Listing,
    UnknownFigure,
    cases_behind,
)
from shinrai.quality.queries.span import last_date
from shinrai.quality.queries.summary import QualitySummary, summary_now
from shinrai.quality.rules.figures import is_unknown
from shinrai.topics.queries import codebook
from shinrai.warehouse.store import Warehouse

MONTHS = 12
PARTS = ("counted", "rest", "all")
MOST_LISTED = 10 * A_PAGE  # rows of a download: each page of a list is a question of its own
Found = TypeVar("Found", Listing, AccountList)
CASES = ListSpec[ListedCase](
    name="cases",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.key),
        ListColumn("kind", _("Kind"), lambda row: row.record, is_shown=False),
        ListColumn("source", _("Source"), lambda row: row.source, is_shown=False),
        ListColumn("phase", _("Phase"), lambda row: row.phase, is_shown=False),
        ListColumn("received_at", _("Received"), lambda row: row.began_at),
        ListColumn("first_reply_s", _("First reply after"), lambda row: row.first_reply),
        ListColumn("solved_at", _("Solved"), lambda row: row.ended_at),
        ListColumn("came_back_at", _("Came back"), lambda row: row.back_at),
        ListColumn("round_trips", _("Round trips"), lambda row: row.round_trips, is_number=True),
        ListColumn("counted", _("Counted"), lambda row: row.counted, is_shown=False),
        ListColumn("doubt", _("In doubt"), lambda row: row.doubt, is_shown=False),
    ),
    row="quality/_case.html",
    is_searched=False,
    a_page=A_PAGE,
    most_rows=MOST_LISTED,
)
ACCOUNTS = ListSpec[ListedAccount](
    name="accounts",
    columns=(
        ListColumn("account", _("Account (company)"), lambda row: row.account),
        ListColumn("source", _("Source"), lambda row: row.source, is_shown=False),
        ListColumn("no_touch_since", _("No touch since"), lambda row: row.silent_since),
        ListColumn("open", _("Open"), lambda row: row.open, is_number=True),
        ListColumn(
            "inquiries",
            _("Open inquiries, oldest first"),
            lambda row: " ".join(matter.key for matter in row.matters),
        ),
        ListColumn("neglected", _("Neglected"), lambda row: row.is_neglected, is_shown=False),
    ),
    row="quality/_account.html",
    is_searched=False,
    a_page=A_PAGE,
    most_rows=MOST_LISTED,
)
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
    dates = _dates_of(request)
    span = dates.span
    if span is None:
        return render(request, "quality/quality.html", {"dates": dates}, status=422)

    def summary(span: DateSpan) -> QualitySummary | None:
        return summary_now(workspace=request.workspace, since=span.since, until=span.until)

    found = summary(span)
    is_empty = not has_cases(workspace_id=request.workspace.id)
    if found is None:
        uncounted = {"dates": dates, "is_empty": is_empty, "is_pending": not is_empty}
        return render(request, "quality/quality.html", uncounted)
    before = summary(dates.before) if dates.before and found.modes else None
    lines = lines_now(
        workspace=request.workspace,
        today=min(span.until or today, today),
        period="M",
        count=MONTHS,
    )
    chosen = _chosen(request.GET.get("mode", ""), found)
    context: dict[str, Any] = {
        "found": found,
        "before": before,
        "shown": _mode_shown(chosen, found, before, lines),
        "modes": [
            {
                "mode": mode,
                "count": _size(figures),
                "link": query_with(request.GET, mode=mode),
                "chosen": mode == chosen,
            }
            for mode, figures in sorted(found.modes.items(), key=lambda pair: -_size(pair[1]))
        ],
        "dates": dates,
        "query": urlencode(span.dates),
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


def _mode_shown(
    mode: str, found: QualitySummary, before: QualitySummary | None, lines: Lines
) -> dict[str, Any]:
    """Lay out one mode: its figures by section, and those that are not known once more."""
    figures = found.modes.get(mode, {})
    then = before.modes.get(mode, {}) if before else {}
    sections = [
        {
            "name": name,
            "figures": [(key, figures[key], then.get(key)) for key in keys if key in figures],
        }
        for name, keys in SECTIONS
    ]
    every = [(key, value) for section in sections for key, value, _then in section["figures"]]
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
def cases(request: MemberRequest) -> HttpResponseBase:
    """List the cases behind one figure, a page at a time."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    asked = {
        name: request.GET.get(name, "").strip() for name in ("figure", "mode", "part", "topic")
    }
    part = asked["part"] if asked["part"] in PARTS else "counted"
    dates = _dates_of(request)
    if dates.span is None:
        raise Http404("no such dates")
    span = dates.span

    def page(number: int) -> Listing:
        return cases_behind(
            workspace=request.workspace,
            figure=asked["figure"],
            at=request.at,
            warehouse=warehouse,
            mode=asked["mode"] if asked["mode"] in MODES else None,
            since=span.since,
            until=span.until,
            part=part,
            page=number,
            topics=[asked["topic"]] if asked["topic"] else (),
        )

    seen: list[Listing] = []
    try:
        listing = list_page(request, CASES, _source(page, lambda one: one.cases, part, seen))
    except UnknownFigure as error:
        raise Http404 from error
    if not isinstance(listing, ListPage):
        return listing
    found = seen[-1]
    query = {"figure": found.figure, "mode": asked["mode"], **span.dates}
    query |= {"topic": asked["topic"]} if asked["topic"] else {}
    book, language = codebook(workspace_id=request.workspace.id), language_of(get_language())
    context = {
        "found": found,
        "list": listing,
        "said": next((d for d in definitions(language) if d.measure.key == found.figure), None),
        "topic": book.name(asked["topic"], language) if asked["topic"] else "",
        "parts": _part_links(query, part, _counts(found)),
        "mode": asked["mode"],
        "dates": dates,
        "back": urlencode(span.dates | ({"mode": asked["mode"]} if asked["mode"] else {})),
    }
    return render(request, "quality/cases.html", context)


@require_safe
@members_only
def accounts(request: MemberRequest) -> HttpResponseBase:
    """List the accounts of one mode that have an open matter, a page at a time."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    mode, part = (request.GET.get(name, "").strip() for name in ("mode", "part"))
    part = part if part in PARTS else "counted"
    if mode not in MODES:
        raise Http404("modes never mix: name one")
    dates = _dates_of(request)
    if dates.span is None:
        raise Http404("no such dates")
    span = dates.span

    def page(number: int) -> AccountList:
        return accounts_behind(
            workspace=request.workspace,
            at=request.at,
            warehouse=warehouse,
            mode=mode,
            since=span.since,
            until=span.until,
            part=part,
            page=number,
        )

    seen: list[AccountList] = []
    listing = list_page(request, ACCOUNTS, _source(page, lambda one: one.accounts, part, seen))
    if not isinstance(listing, ListPage):
        return listing
    found = seen[-1]
    query = {"mode": mode, **span.dates}
    language = language_of(get_language())
    context = {
        "found": found,
        "list": listing,
        "said": next(d for d in definitions(language) if d.measure.key == "neglected"),
        "part": part,
        "parts": _part_links(query, part, _counts(found)),
        "mode": mode,
        "dates": dates,
        "back": urlencode(query),
    }
    return render(request, "quality/accounts.html", context)


def _source(
    page: Callable[[int], Found],
    rows: Callable[[Found], Sequence[Any]],
    part: str,
    seen: list[Found],
) -> Source[Any]:
    """Make a source of an answer that comes a page at a time; `seen` gathers the first of each."""

    def source(_sort: str, _search: str, skip: int, most: int) -> tuple[list[Any], int]:
        first = page(1 + skip // A_PAGE)
        last = min((skip + most) // A_PAGE, first.pages)
        seen.append(first)
        found = list(rows(first))
        for number in range(2 + skip // A_PAGE, last + 1):
            found += rows(page(number))
        return found, _counts(first)[part]

    return source


def _counts(found: Listing | AccountList) -> dict[str, int]:
    return {"counted": found.count, "rest": found.of - found.count, "all": found.of}


def _part_links(query: dict[str, str], part: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Link the parts of what lies behind a figure: counted, not counted, all."""
    return [
        {
            "name": name,
            "link": "?" + urlencode({**query, "part": name}),
            "count": counts[name],
            "chosen": name == part,
        }
        for name in PARTS
    ]


def _dates_of(request: MemberRequest) -> PageDates:
    """Read the dates a page of quality is asked about; without any, the last 90 days there are."""
    return page_dates(
        request,
        zone=zone_named(request.workspace.zone),
        last=last_date(workspace_id=request.workspace.id),
    )
