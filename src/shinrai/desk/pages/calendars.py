"""Pages of calendars: the list of all, and one with its year and an explained due moment."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.queries import UnknownCalendar
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.due import UNITS, BadTarget, explain_due, read_target
from shinrai.calendars.rules.moment_text import BadCalendarMoment, read_moment
from shinrai.console.reader import reader_text
from shinrai.desk.queries.calendars import (
    CalendarView,
    calendar_view,
    calendar_views,
    saved_revisions,
)
from shinrai.objectives.pages import NUL
from shinrai.units.text import Text

ASKED = ("start", "number", "unit")
USUAL = {"number": "2", "unit": "close"}
RECEIVED = Text("received:")  # as the page labels its field


@require_safe
@members_only
def calendars(request: MemberRequest) -> HttpResponse:
    """List a workspace's calendars: whether each is open now, its week, and its next changes."""
    found = calendar_views(workspace=request.workspace, at=request.at)
    context = {"views": found, "may_save": may(request.member, Permission.PROMISE)}
    return render(request, "desk/calendars.html", context)


@require_safe
@members_only
def calendar(request: MemberRequest, name: str) -> HttpResponse:
    """Show one calendar; if the URL has a start, also show when that is due."""
    if NUL in name:
        raise Http404  # no name holds a NUL, and PostgreSQL knows no such text
    try:
        found = calendar_view(workspace=request.workspace, name=name, at=request.at)
    except UnknownCalendar as error:
        raise Http404 from error
    context, status = _due_explained(request, found)
    context["view"] = found
    context["may_save"] = may(request.member, Permission.PROMISE)
    context["revisions"] = saved_revisions(workspace=request.workspace, name=name)
    return render(request, "desk/calendar.html", context, status=status)


def _due_explained(request: MemberRequest, view: CalendarView) -> tuple[dict[str, Any], int]:
    typed = {name: request.GET.get(name, "").strip() for name in ASKED}
    calendar = view.record.calendar
    if not any(typed.values()):
        here = calendar.local(request.at)
        return {"asked": {**USUAL, "start": f"{here:%Y-%m-%dT%H:%M}"}, "units": UNITS}, 200
    context: dict[str, Any] = {"asked": typed, "units": UNITS}
    try:
        # A plus sign in an address is read as a blank, and people paste addresses.
        start = read_moment(calendar, typed["start"].replace(" ", "+"), RECEIVED)
        context["reckoned"] = explain_due(
            calendar, start, read_target(typed["number"], typed["unit"])
        )
    except (BadCalendarMoment, BadTarget, NothingOpen) as error:
        context["wrong"] = reader_text(error.text)
        return context, 422
    return context, 200
