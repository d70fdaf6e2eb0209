"""Pages of reports: one for reading, printing and copying; and where it is sent on Mondays."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.dates import PageDates, page_dates
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.pages import being_prepared
from shinrai.console.reader import reader_text
from shinrai.console.rules.date_span import BadDateSpan, Choice
from shinrai.console.rules.wording import language_of
from shinrai.delivery.mail import has_server
from shinrai.delivery.targets import UnusableTarget
from shinrai.objectives.pages import the_warehouse
from shinrai.postgres.queue import add_job, has_workers
from shinrai.reports.operations.schedules import add_schedule, end_schedule, send_test
from shinrai.reports.queries.prepared import shown_report
from shinrai.reports.queries.schedules import REPORTED, SentReport, schedules, sent_reports
from shinrai.reports.queries.short_report import preview, short_report
from shinrai.reports.rules.periods import (
    BadPeriod,
    Period,
    between,
    month_named,
    month_of,
    week_named,
    week_of,
)
from shinrai.reports.rules.schedule import last_due, next_due, week_sent
from shinrai.reports.rules.short import ShortReport
from shinrai.units.text import verbatim

PREPARE = "reports:prepare"
SPANS: tuple[Choice, ...] = ("this-week", "last-week", "this-month", "last-month", "90-days")

SENT = ListSpec[SentReport](
    name="sent-reports",
    columns=(
        ListColumn("at", _("When"), lambda row: row.delivery.made_at, is_sortable=True),
        ListColumn("to", _("Sent to"), lambda row: f"{row.schedule.channel} {row.schedule.shown}"),
        ListColumn("week", _("Week"), lambda row: row.week, is_sortable=True),
        ListColumn("state", _("State"), lambda row: row.delivery.state, is_sortable=True),
        ListColumn("why", _("Why"), lambda row: row.delivery.why, is_shown=False),
    ),
    row="reports/_sent.html",
    usual="-at",
    classes="cards",
)


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
        "short": _short(request, period, found.title, found.lines, language),
        "front": mark_safe(found.front),  # rendered by our own templates
        "body": mark_safe(found.body),
        "asked": _shown(period),
        "dates": dates.shown_as(period.first, period.last),
        "today": today,
        "before": period.moved(-1).query,
        "after": period.moved(1).query if period.moved(1).first <= today else "",
        "command": _command(period),
    }
    return render(request, "reports/report.html", context)


@require_safe
@members_only
def report_schedules(request: MemberRequest) -> HttpResponseBase:
    """Show where the report of the week is sent on Mondays, and what became of it."""
    return _schedules(request)


@require_POST
@writers_only(Permission.DELIVER)
def new_report_schedule(request: MemberRequest) -> HttpResponseBase:
    """Send the report of the week to a channel or an address from now on."""
    asked = {name: request.POST.get(name, "").strip() for name in ("channel", "target", "language")}
    try:
        add_schedule(workspace=request.workspace, **asked, at=request.at, by=author_of(request))
    except UnusableTarget as error:
        return _schedules(request, asked=asked, wrong=reader_text(error.text), status=422)
    messages.success(request, gettext("The report is sent there from the next Monday on."))
    return redirect("report_schedules", request.workspace.slug)


@require_POST
@writers_only(Permission.DELIVER)
def report_schedule(request: MemberRequest, number: int) -> HttpResponse:
    """Send a test by a schedule, or end it."""
    found = {one.id: one for one in schedules(workspace_id=request.workspace.id)}.get(number)
    what, at, by = request.POST.get("what", ""), request.at, author_of(request)
    if found is None or what not in ("test", "end"):
        raise Http404
    if what == "end":
        end_schedule(workspace_id=request.workspace.id, number=number, at=at, by=by)
        messages.success(request, gettext("Nothing is sent there any more."))
    elif send_test(workspace=request.workspace, schedule=found, at=at, by=by):
        messages.success(request, gettext("A test is on its way; what became of it stands below."))
    else:
        messages.warning(
            request, gettext("The report is being prepared. Try again in half a minute.")
        )
        _ask_for(request, _last_week(request))
    return redirect("report_schedules", request.workspace.slug)


def _schedules(
    request: MemberRequest,
    *,
    asked: dict[str, str] | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponseBase:
    there = schedules(workspace_id=request.workspace.id)
    sent = sent_reports(there)
    page = recorded_list(request, SENT, memory_source(sent, SENT))
    if not isinstance(page, ListPage):
        return page
    context = {
        "list": page,
        "schedules": [(one, preview(request.workspace, one, _last_week(request))) for one in there],
        "is_under_way": any(one.delivery.state in ("waiting", "sending") for one in sent),
        "nobody_works": not has_workers(),
        "next": next_due(request.at, request.workspace.zone),
        "channels": REPORTED.items(),
        "has_mail": has_server(),
        "asked": asked or {"language": language_of(get_language()), "channel": "slack"},
        "wrong": wrong,
        "may_set": may(request.member, Permission.DELIVER),
    }
    return render(request, "reports/schedules.html", context, status=status)


def _last_week(request: MemberRequest) -> Period:
    zone = request.workspace.zone
    return week_sent(last_due(request.at, zone), zone)


def _short(
    request: MemberRequest, period: Period, title: str, lines: list[dict[str, Any]], language: str
) -> ShortReport:
    """Return the lines with the titles of their cases; that a member sees those is recorded."""
    if request.member is not None and any(line["case_id"] is not None for line in lines):
        record_view(
            workspace_id=request.workspace.id,
            what="titles in the report",
            subject=f"report:{period.name}",
            at=request.at,
            by=author_of(request),
            shown=[line["case_id"] for line in lines if line["case_id"] is not None],
        )
    return short_report(
        workspace=request.workspace, period=period, title=title, lines=lines, language=language
    )


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


def _command(period: Period) -> str:
    if period.kind == "dates":
        return f"--from {period.first} --to {period.last}"
    return f"--{period.kind} {period.name}"
