"""The page that lists the cases behind a figure of quality, with what was asked about them."""

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlencode

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.console.lists import ListColumn, ListPage, ListSpec
from shinrai.console.reader import reader_text
from shinrai.desk.queries.figure_cases import FigureCase, with_steps
from shinrai.inquiries.rules.kinds import MODES
from shinrai.objectives.pages import the_warehouse
from shinrai.quality.measures.behind import OF_INVESTIGATIONS
from shinrai.quality.pages.cases import PARTS, part_counts, part_links
from shinrai.quality.pages.dates import quality_dates
from shinrai.quality.queries.definitions import definitions
from shinrai.quality.queries.listing import Listing, UnknownFigure, cases_behind
from shinrai.topics.queries import codebook

CASES = ListSpec[FigureCase](
    name="cases",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.case.key, True),
        ListColumn("title", _("What it is about"), lambda row: row.title, is_shown=False),
        ListColumn("kind", _("Kind"), lambda row: row.case.record),
        ListColumn("source", _("Source"), lambda row: row.case.source, is_shown=False),
        ListColumn("phase", _("Phase"), lambda row: row.case.phase, is_shown=False),
        ListColumn("missing", _("What was missing"), lambda row: ", ".join(row.missing)),
        ListColumn("waits", _("Waited for"), lambda row: ", ".join(row.waits)),
        ListColumn("doubt", _("In doubt"), lambda row: row.case.doubt),
        ListColumn("round_trips", _("Round trips"), lambda row: row.case.round_trips, True, True),
        ListColumn("handovers", _("Handovers"), lambda row: row.case.handovers, True, True),
        ListColumn("tier", _("Highest line"), lambda row: row.case.tier, True),
        ListColumn("first_reply_s", _("First reply after"), lambda row: row.case.first_reply, True),
        ListColumn("due", _("Due"), lambda row: row.case.due_at, True),
        ListColumn("sent_back_at", _("Sent back"), lambda row: row.case.sent_back_at, True),
        ListColumn("came_back_at", _("Came back"), lambda row: row.case.back_at, True),
        ListColumn("received_at", _("Received"), lambda row: row.case.began_at, True),
        ListColumn("solved_at", _("Solved"), lambda row: row.case.ended_at, True),
        ListColumn("filed_by", _("Filed by"), lambda row: row.filed_by),
        ListColumn("person", _("Person"), lambda row: row.person),
        ListColumn("service", _("Service"), lambda row: row.service),
        ListColumn("topic", _("Topic"), lambda row: row.topic and reader_text(row.topic)),
        ListColumn("verdict", _("Finding"), lambda row: row.verdict),
        ListColumn("counted", _("Counted"), lambda row: row.case.counted, is_shown=False),
    ),
    row="desk/_figure_case.html",
    usual="-received_at",
)
SHOWN_CASES = ShownCases[FigureCase]("titles behind a figure", lambda row: row.case.id)
# What one asks about the cases of a figure; a download has every column.
SHOWN: dict[str, tuple[str, ...]] = {
    "sent_back": ("missing", "sent_back_at", "received_at", "filed_by", "person", "verdict"),
    "correctness": ("came_back_at", "received_at", "solved_at", "person", "service", "verdict"),
    "first_reply": ("first_reply_s", "received_at", "person", "service", "topic"),
    "same_day": ("first_reply_s", "received_at", "person", "service", "topic"),
    "next_business_day": ("first_reply_s", "due", "received_at", "person", "topic"),
    "round_trips": ("round_trips", "received_at", "solved_at", "person", "topic"),
    "one_reply": ("round_trips", "came_back_at", "received_at", "solved_at", "person", "topic"),
    "waited": ("waits", "received_at", "solved_at", "person", "service", "topic"),
    "handovers": ("handovers", "received_at", "solved_at", "person", "topic"),
    "highest_tier": ("tier", "received_at", "solved_at", "person", "topic"),
    "self_resolved": ("tier", "received_at", "solved_at", "person", "topic"),
    "flagged": ("doubt", "received_at", "solved_at", "person", "topic"),
    "proactive": ("kind", "received_at", "solved_at", "person", "service", "topic"),
    "open": ("first_reply_s", "received_at", "person", "service", "topic"),
}
USUALLY = ("came_back_at", "received_at", "solved_at", "person", "service", "topic")
OF_FILINGS: dict[str, Promise] = {
    "received_at": _("Filed"),
    "solved_at": _("Answered"),
    "came_back_at": _("Found wrong"),
}


@require_safe
@members_only
def figure_cases(request: MemberRequest) -> HttpResponseBase:
    """List the cases behind one figure, by page."""
    asked = {
        name: request.GET.get(name, "").strip() for name in ("figure", "mode", "part", "topic")
    }
    part = asked["part"] if asked["part"] in PARTS else "counted"
    dates = quality_dates(request)
    if dates.span is None:
        raise Http404("no such dates")
    span = dates.span

    seen: list[Listing] = []

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[FigureCase], int]:
        found = cases_behind(
            workspace=request.workspace,
            figure=asked["figure"],
            at=request.at,
            warehouse=the_warehouse(),
            mode=asked["mode"] if asked["mode"] in MODES else None,
            since=span.since,
            until=span.until,
            part=part,
            topics=[asked["topic"]] if asked["topic"] else (),
            search=search,
            sort=sort,
            skip=skip,
            most=most,
        )
        seen.append(found)
        rows = with_steps(
            found.cases,
            workspace_id=request.workspace.id,
            at=request.at,
            has_names=request.member is not None,
        )
        return rows, found.listed

    try:
        listing = recorded_list(
            request,
            _spec(asked["figure"], is_member=request.member is not None),
            source,
            cases=SHOWN_CASES,
        )
    except UnknownFigure as error:
        raise Http404 from error
    if not isinstance(listing, ListPage):
        return listing
    found = seen[-1]
    query = {"figure": found.figure, "mode": asked["mode"], **span.dates}
    query |= {"topic": asked["topic"]} if asked["topic"] else {}
    book = codebook(workspace_id=request.workspace.id)
    context = {
        "found": found,
        "list": listing,
        "said": next((d for d in definitions() if d.measure.key == found.figure), None),
        "topic": reader_text(book.name(asked["topic"])) if asked["topic"] else "",
        "parts": part_links(query, part, part_counts(found.count, found.of)),
        "mode": asked["mode"],
        "dates": dates,
        "back": urlencode(span.dates | ({"mode": asked["mode"]} if asked["mode"] else {})),
    }
    return render(request, "desk/figure_cases.html", context)


def _spec(figure: str, *, is_member: bool) -> ListSpec[FigureCase]:
    """Return the list of a figure: its columns, of which persons are shown to members only."""
    shown = ("case", *SHOWN.get(figure, USUALLY))
    names = OF_FILINGS if figure in OF_INVESTIGATIONS else {}
    columns = (
        replace(
            one,
            title=names.get(one.key, one.title),
            is_shown=one.key in shown and (is_member or one.key not in ("person", "filed_by")),
        )
        for one in CASES.columns
    )
    return replace(CASES, columns=tuple(columns))
