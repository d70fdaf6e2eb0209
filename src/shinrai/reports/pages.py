"""The page of a report: a week, a month or other dates, for reading, printing and copying."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.dates import PageDates, page_dates
from shinrai.console.pages import being_prepared
from shinrai.console.reader import reader_text
from shinrai.console.rules.date_span import BadDateSpan, Choice
from shinrai.console.rules.wording import language_of
from shinrai.objectives.pages import the_warehouse
from shinrai.postgres.queue import add_job
from shinrai.reports.queries.prepared import shown_report
from shinrai.reports.rules.periods import (
    BadPeriod,
    Period,
    between,
    month_named,
    month_of,
    week_named,
    week_of,
)
from shinrai.units.text import verbatim

PREPARE = "reports:prepare"
SPANS: tuple[Choice, ...] = ("this-week", "last-week", "this-month", "last-month", "90-days")


@require_safe
@members_only
def report(request: MemberRequest) -> HttpResponse:
    """Show the report of the week, month or dates in the address, by default of last week."""
    zone = zone_named(request.workspace.zone)
    today = request.at.astimezone(zone).date()
    asked = {name: request.GET.get(name, "").strip() for name in ("week", "month")}
    dates = page_dates(request, zone=zone, default="last-week", choices=SPANS)
    language = language_of(get_language())
    try:
        period = _period(asked, dates, today)
        found = shown_report(
            workspace=request.workspace,
            period=period,
            language=language,
            at=request.at,
            warehouse=the_warehouse(),
        )
    except (BadPeriod, BadDateSpan) as error:
        wrong = reader_text(error.text)
        context = {"asked": asked, "dates": dates, "wrong": wrong, "today": today}
        return render(request, "reports/report.html", context, status=422)
    if found is None or not found.is_current:
        _ask_for(request, period)
    if found is None:
        return being_prepared(request)
    context = {
        "report": found,
        "body": mark_safe(found.body),  # rendered by our own templates
        "asked": _shown(period),
        "dates": dates.shown_as(period.first, period.last),
        "today": today,
        "before": _address(period.moved(-1)),
        "after": _address(period.moved(1)) if period.moved(1).first <= today else "",
        "command": _command(period),
    }
    return render(request, "reports/report.html", context)


def _ask_for(request: MemberRequest, period: Period) -> None:
    """Ask the worker to prepare a report; requests for the same report are joined."""
    slug, kind = request.workspace.slug, period.kind
    first, last = str(period.first), str(period.last)
    once = f"{PREPARE}:{slug}:{kind}:{first}:{last}"
    add_job(PREPARE, lock=PREPARE, once=once, workspace=slug, kind=kind, first=first, last=last)


def _period(asked: dict[str, str], dates: PageDates, today: date) -> Period:
    """Return the period named in an address.

    Raises: BadPeriod; BadDateSpan for dates that were refused.
    """
    if asked["week"]:
        return week_named(asked["week"])
    if asked["month"]:
        return month_named(asked["month"])
    span = dates.span
    if span is None:
        raise BadDateSpan(verbatim(dates.wrong))
    last = span.until or today
    first = span.since or last
    if span.kind.endswith("week"):
        return week_of(first)
    if span.kind.endswith("month"):
        return month_of(first)
    return between(first, last)


def _shown(period: Period) -> dict[str, Any]:
    """Return the week and the month that the pickers of the page start from."""
    return {
        "week": week_of(period.last).name if period.kind != "week" else period.name,
        "month": month_of(period.last).name,
    }


def _address(period: Period) -> str:
    if period.kind == "dates":
        return f"?from={period.first}&to={period.last}"
    return f"?{period.kind}={period.name}"


def _command(period: Period) -> str:
    if period.kind == "dates":
        return f"--from {period.first} --to {period.last}"
    return f"--{period.kind} {period.name}"
