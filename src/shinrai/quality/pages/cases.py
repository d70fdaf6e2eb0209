"""Pages that list the cases behind a figure of quality, and the neglected accounts."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.console.lists import ListColumn, ListPage, ListSpec, list_page
from shinrai.console.reader import reader_text
from shinrai.inquiries.rules.kinds import MODES
from shinrai.quality.pages.dates import quality_dates
from shinrai.quality.queries.account_list import AccountList, ListedAccount, accounts_behind
from shinrai.quality.queries.definitions import definitions
from shinrai.quality.queries.listing import (
    ListedCase,
    Listing,
    UnknownFigure,
    cases_behind,
)
from shinrai.topics.queries import codebook
from shinrai.warehouse.store import Warehouse

PARTS = ("counted", "rest", "all")
CASES = ListSpec[ListedCase](
    name="cases",
    columns=(
        ListColumn("case", _("Case"), lambda row: row.key, True),
        ListColumn("kind", _("Kind"), lambda row: row.record, is_shown=False),
        ListColumn("source", _("Source"), lambda row: row.source, is_shown=False),
        ListColumn("phase", _("Phase"), lambda row: row.phase, is_shown=False),
        ListColumn("received_at", _("Received"), lambda row: row.began_at, True),
        ListColumn("first_reply_s", _("First reply after"), lambda row: row.first_reply, True),
        ListColumn("solved_at", _("Solved"), lambda row: row.ended_at, True),
        ListColumn("came_back_at", _("Came back"), lambda row: row.back_at, True),
        ListColumn("round_trips", _("Round trips"), lambda row: row.round_trips, True, True),
        ListColumn("counted", _("Counted"), lambda row: row.counted, is_shown=False),
        ListColumn("doubt", _("In doubt"), lambda row: row.doubt, is_shown=False),
    ),
    row="quality/_case.html",
    usual="-received_at",
)
ACCOUNTS = ListSpec[ListedAccount](
    name="accounts",
    columns=(
        ListColumn("account", _("Account (company)"), lambda row: row.account, True),
        ListColumn("source", _("Source"), lambda row: row.source, is_shown=False),
        ListColumn("no_touch_since", _("No touch since"), lambda row: row.silent_since, True),
        ListColumn("open", _("Open"), lambda row: row.open, True, True),
        ListColumn(
            "inquiries",
            _("Open inquiries, oldest first"),
            lambda row: " ".join(matter.key for matter in row.matters),
        ),
        ListColumn("neglected", _("Neglected"), lambda row: row.is_neglected, is_shown=False),
    ),
    row="quality/_account.html",
    usual="no_touch_since",
)


@require_safe
@members_only
def cases(request: MemberRequest) -> HttpResponseBase:
    """List the cases behind one figure, by page."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    asked = {
        name: request.GET.get(name, "").strip() for name in ("figure", "mode", "part", "topic")
    }
    part = asked["part"] if asked["part"] in PARTS else "counted"
    dates = quality_dates(request)
    if dates.span is None:
        raise Http404("no such dates")
    span = dates.span

    seen: list[Listing] = []

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[ListedCase], int]:
        found = cases_behind(
            workspace=request.workspace,
            figure=asked["figure"],
            at=request.at,
            warehouse=warehouse,
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
        return found.cases, found.listed

    try:
        listing = list_page(request, CASES, source)
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
        "parts": _part_links(query, part, _counts(found)),
        "mode": asked["mode"],
        "dates": dates,
        "back": urlencode(span.dates | ({"mode": asked["mode"]} if asked["mode"] else {})),
    }
    return render(request, "quality/cases.html", context)


@require_safe
@members_only
def accounts(request: MemberRequest) -> HttpResponseBase:
    """List the accounts of one mode that have an open inquiry, by page."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    mode, part = (request.GET.get(name, "").strip() for name in ("mode", "part"))
    part = part if part in PARTS else "counted"
    if mode not in MODES:
        raise Http404("modes never mix: name one")
    dates = quality_dates(request)
    if dates.span is None:
        raise Http404("no such dates")
    span = dates.span

    seen: list[AccountList] = []

    def source(sort: str, search: str, skip: int, most: int) -> tuple[Sequence[ListedAccount], int]:
        found = accounts_behind(
            workspace=request.workspace,
            at=request.at,
            warehouse=warehouse,
            mode=mode,
            since=span.since,
            until=span.until,
            part=part,
            search=search,
            sort=sort,
            skip=skip,
            most=most,
        )
        seen.append(found)
        return found.accounts, found.listed

    listing = list_page(request, ACCOUNTS, source)
    if not isinstance(listing, ListPage):
        return listing
    found = seen[-1]
    query = {"mode": mode, **span.dates}
    context = {
        "found": found,
        "list": listing,
        "said": next(d for d in definitions() if d.measure.key == "neglected"),
        "part": part,
        "parts": _part_links(query, part, _counts(found)),
        "mode": mode,
        "dates": dates,
        "back": urlencode(query),
    }
    return render(request, "quality/accounts.html", context)


def _counts(found: Listing | AccountList) -> dict[str, int]:
    return {"counted": found.count, "rest": found.of - found.count, "all": found.of}


def _part_links(query: dict[str, str], part: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    """Return the links to the parts of a list: counted, not counted, all."""
    return [
        {
            "name": name,
            "link": "?" + urlencode({**query, "part": name}),
            "count": counts[name],
            "chosen": name == part,
        }
        for name in PARTS
    ]
