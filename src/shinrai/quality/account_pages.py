"""The page of accounts: which are neglected, since when, and what is open of each."""

from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.console.rules.wording import language_of
from shinrai.inquiries.rules.kinds import MODES
from shinrai.quality.pages import MOST_PAGES, PARTS, asked_dates, dates_shown
from shinrai.quality.queries.account_list import accounts_behind
from shinrai.quality.queries.definitions import definitions
from shinrai.quality.queries.span import BadDates
from shinrai.warehouse.store import Warehouse


@require_safe
@members_only
def accounts(request: MemberRequest) -> HttpResponse:
    """List the accounts of one mode that have an open matter, a page at a time."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    mode, part = (request.GET.get(name, "").strip() for name in ("mode", "part"))
    part = part if part in PARTS else "counted"
    page = request.GET.get("page", "1")
    if mode not in MODES:
        raise Http404("modes never mix: name one")
    try:
        dates = asked_dates(request)
    except BadDates as error:
        raise Http404 from error
    found = accounts_behind(
        workspace=request.workspace,
        at=request.at,
        warehouse=warehouse,
        mode=mode,
        since=dates.since,
        until=dates.until,
        part=part,
        page=min(int(page), MOST_PAGES) if page.isdecimal() else 1,
    )
    query = {"mode": mode, **dates_shown(dates)}
    counts = {"counted": found.count, "rest": found.of - found.count, "all": found.of}
    links = {name: "?" + urlencode({**query, "part": name}) for name in PARTS}
    context = {
        "found": found,
        "said": next(
            d for d in definitions(language_of(get_language())) if d.measure.key == "neglected"
        ),
        "part": part,
        "parts": [
            {"name": name, "link": links[name], "count": counts[name], "chosen": name == part}
            for name in PARTS
        ],
        "here": links[part],
        "mode": mode,
        "dates": dates,
        "back": urlencode(query),
    }
    return render(request, "quality/accounts.html", context)
