"""The page of a report: the dates one asks for, and everything that fell due in them."""

from datetime import date, timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.guards import MemberRequest, members_only
from shinrai.calendars.rules.zones import zone_named
from shinrai.console.refusals import reader_words
from shinrai.objectives.pages import the_warehouse
from shinrai.reports.queries.period import BadPeriod, period_report

FOUR_WEEKS = timedelta(days=27)


@require_safe
@members_only
def report(request: MemberRequest) -> HttpResponse:
    """Report the dates of the address; without any, the last four weeks."""
    today = request.at.astimezone(zone_named(request.workspace.zone)).date()
    asked = {name: request.GET.get(name, "").strip() for name in ("from", "to")}
    try:
        last = _date(asked["to"]) if asked["to"] else today
        first = _date(asked["from"]) if asked["from"] else last - FOUR_WEEKS
        found = period_report(
            workspace=request.workspace,
            first=first,
            last=last,
            at=request.at,
            warehouse=the_warehouse(),
        )
    except BadPeriod as error:
        context = {"asked": asked, "wrong": reader_words(error), "today": today}
        return render(request, "reports/report.html", context, status=422)
    shown = {"from": first.isoformat(), "to": last.isoformat()}
    return render(request, "reports/report.html", {"report": found, "asked": shown, "today": today})


def _date(text: str) -> date:
    """Read a date of the address.

    Raises: BadPeriod.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError as error:
        raise BadPeriod(
            f"{text[:40]} is no date. Write one such as 2026-06-03.",
            f"{text[:40]}は日付として読めません。2026-06-03のように入力してください。",
        ) from error
    return max(found, date.min + FOUR_WEEKS)
