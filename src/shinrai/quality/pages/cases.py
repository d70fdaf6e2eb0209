"""The page of accounts with an open matter that nobody of ours has touched for 30 days."""

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
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.lists import ListColumn, ListPage, ListSpec
from shinrai.inquiries.rules.kinds import MODES
from shinrai.quality.pages.dates import quality_dates
from shinrai.quality.queries.account_list import AccountList, ListedAccount, accounts_behind
from shinrai.quality.queries.definitions import definitions
from shinrai.warehouse.store import Warehouse

PARTS = ("counted", "rest", "all")
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

    listing = recorded_list(request, ACCOUNTS, source)
    if not isinstance(listing, ListPage):
        return listing
    found = seen[-1]
    query = {"mode": mode, **span.dates}
    context = {
        "found": found,
        "list": listing,
        "said": next(d for d in definitions() if d.measure.key == "neglected"),
        "part": part,
        "parts": part_links(query, part, part_counts(found.count, found.of)),
        "mode": mode,
        "dates": dates,
        "back": urlencode(query),
    }
    return render(request, "quality/accounts.html", context)


def part_counts(count: int, of: int) -> dict[str, int]:
    """Return how many rows each part of a list has: of those a figure counts, and of all."""
    return {"counted": count, "rest": of - count, "all": of}


def part_links(query: dict[str, str], part: str, counts: dict[str, int]) -> list[dict[str, Any]]:
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
