"""Inquiries per release and topic, and the inquiries behind each count."""

from dataclasses import dataclass, replace
from datetime import date
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import ShownCases, recorded_list
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.addresses import query_with
from shinrai.console.dates import page_dates
from shinrai.console.lists import (
    ListColumn,
    ListFilter,
    ListPage,
    ListSpec,
    memory_source,
)
from shinrai.console.reader import reader_text
from shinrai.console.rules.date_span import Choice
from shinrai.desk.queries.titles import OPENINGS, titles
from shinrai.ledger.queries import case_keys, steps_of
from shinrai.quality.queries.releases import (
    ALL,
    NONE,
    ReleaseCount,
    release_cases,
    releases_between,
)
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook

DATES: tuple[Choice, ...] = ("this-week", "last-week", "this-month", "last-month", "90-days")


@dataclass(frozen=True)
class ReleaseRow:
    """A count in the words of the list, with the address of its inquiries."""

    count: ReleaseCount
    release: str
    topic: str
    href: str


@dataclass(frozen=True)
class ReleaseCase:
    """An inquiry of a release; its title is read for the rows of a page alone."""

    case_id: int
    key: str
    on: date
    title: str = ""


RELEASES = ListSpec[ReleaseRow](
    name="releases",
    columns=(
        ListColumn("release", _("Release"), lambda row: row.release, True),
        ListColumn("since", _("Since"), lambda row: row.count.since, True),
        ListColumn("topic", _("Topic"), lambda row: row.topic, True),
        ListColumn("inquiries", _("Inquiries"), lambda row: row.count.inquiries, True, True),
        ListColumn("customers", _("Customers"), lambda row: row.count.customers, True, True),
    ),
    row="desk/_release_row.html",
    usual="-since",
)
CASES = ListSpec[ReleaseCase](
    name="release-cases",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.key, True),
        ListColumn("title", _("What it is about")),
        ListColumn("on", _("Received"), lambda row: row.on, True),
    ),
    row="desk/_release_case.html",
    usual="-on",
)


@require_safe
@members_only
def releases(request: MemberRequest) -> HttpResponseBase:
    """Count inquiries by release and topic, distinct customers beside them."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone), choices=DATES)
    if dates.span is None:
        return render(request, "desk/releases.html", {"dates": dates}, status=422)
    span, asked = dates.span, request.GET.get("mode", "")
    report = releases_between(
        workspace=request.workspace, since=span.since, until=span.until, mode=asked
    )
    book = codebook(workspace_id=request.workspace.id)
    address = reverse("release_cases", args=[request.workspace.slug])
    every = [
        ReleaseRow(
            count=one,
            release=gettext("no release known") if one.key == NONE else one.name,
            topic=_topic_words(one.topic, book),
            href=address
            + "?"
            + urlencode(
                {"release": one.key, "topic": one.topic, "mode": report.mode, **span.dates}
            ),
        )
        for one in report.rows
    ]
    chosen = {name: request.GET.get(name, "") for name in ("release", "topic")}
    filters = [
        ListFilter("release", _("Release"), list({r.count.key: r.release for r in every}.items())),
        ListFilter("topic", _("Topic"), list({r.count.topic: r.topic for r in every}.items())),
    ]
    known = {one.key: dict(one.choices) for one in filters}
    rows = [
        row
        for row in every
        if chosen["release"] in (row.count.key, "") or chosen["release"] not in known["release"]
        if chosen["topic"] in (row.count.topic, "") or chosen["topic"] not in known["topic"]
    ]
    listing = recorded_list(request, RELEASES, memory_source(rows, RELEASES), filters)
    if not isinstance(listing, ListPage):
        return listing
    first = [row for row in every if row.count.key == every[0].count.key]
    context = {
        "report": report,
        "list": listing,
        "newest": first[0] if first else None,
        "largest": first[1] if len(first) > 1 else None,
        "dates": dates,
        "modes": [
            (name, count, query_with(request.GET, mode=name, page=None), name == report.mode)
            for name, count in report.modes
        ],
    }
    return render(request, "desk/releases.html", context)


@require_safe
@members_only
def release_inquiries(request: MemberRequest) -> HttpResponseBase:
    """List the inquiries behind a count."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone), choices=DATES)
    asked = {name: request.GET.get(name, "") for name in ("release", "topic", "mode")}
    if dates.span is None:
        return render(request, "desk/release_cases.html", {"dates": dates}, status=422)
    span = dates.span
    found = release_cases(workspace=request.workspace, since=span.since, until=span.until, **asked)
    keys = case_keys([case_id for case_id, _on in found])
    rows = [ReleaseCase(one, keys[one], on) for one, on in found if one in keys]
    seen = ShownCases[ReleaseCase]("titles of a release", lambda row: row.case_id)
    listing = recorded_list(request, CASES, memory_source(rows, CASES), cases=seen)
    if not isinstance(listing, ListPage):
        return listing
    there = request.workspace.id
    ids = [row.case_id for row in listing.rows]
    said = titles(steps_of(ids, workspace_id=there, kinds=OPENINGS)) if ids else {}
    with_titles = [replace(row, title=said.get(row.case_id, "")) for row in listing.rows]
    book = codebook(workspace_id=there)
    context = {
        "list": replace(listing, rows=with_titles),
        "chosen": [
            *([asked["release"]] if asked["release"] != ALL else ()),
            _topic_words(asked["topic"], book),
        ],
        "dates": dates,
        "back": urlencode({"mode": asked["mode"], **span.dates}),
    }
    return render(request, "desk/release_cases.html", context)


def _topic_words(topic: str, book: Codebook) -> str:
    words = {ALL: gettext("all topics"), NONE: gettext("no topic")}
    return words.get(topic) or reader_text(book.name(topic))
