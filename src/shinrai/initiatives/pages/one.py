"""The page of an initiative: the answer first, then its figures, its declaration, what changed."""

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.charts.marks import Event
from shinrai.console.charts.spark import Point, Spark, spark
from shinrai.console.charts.svg import Drawing, both_widths
from shinrai.console.figures import share_point
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import PERCENT
from shinrai.initiatives.operations.prepared import initiative_figures
from shinrai.initiatives.operations.steps import InitiativeRefused, close_initiative, note_case
from shinrai.initiatives.pages.asker import asker_of
from shinrai.initiatives.queries.records import UnknownInitiative, initiative_named
from shinrai.initiatives.queries.results import (
    Asker,
    Results,
    WeekSums,
    kpi_name,
)
from shinrai.initiatives.rules.comparison import AGAINST
from shinrai.initiatives.rules.declaration import BadInitiative
from shinrai.initiatives.rules.progress import STATES, InitiativeRecord, grade_of

WEEKS: Final = ListSpec[WeekSums](
    name="initiative",
    columns=(
        ListColumn("week", _("Week from"), lambda row: row.since, True),
        ListColumn("part", _("Before or after"), lambda row: "before" if row.is_before else "after",
                   is_shown=False),
        ListColumn("value", _("KPI"), lambda row: row.sums.value, True, is_number=True),
        ListColumn("total", _("counted"), lambda row: row.sums.total, is_shown=False),
        ListColumn("of", _("Of how many"), lambda row: row.sums.of, True, is_number=True),
    ),
    row="initiatives/_week.html",
    usual="-week",
    is_searched=False,
    a_page=13,
    anchor="weeks",
)  # fmt: skip


@dataclass(frozen=True)
class Typed:
    """What was typed into a small form of the page, and why it was refused."""

    deed: str = ""
    case: str = ""
    reason: str = ""
    conclusion: str = ""
    refused: str = ""


@require_safe
@members_only
def initiative(request: MemberRequest, key: str) -> HttpResponseBase:
    """Show what became of an initiative."""
    asker = asker_of(request)
    return _page(request, asker, _named(asker, key), Typed())


@require_POST
@writers_only(Permission.PROMISE)
def initiative_deed(request: MemberRequest, key: str) -> HttpResponseBase:
    """Close an initiative, or note a case that was handled beyond its KPI."""
    asker = asker_of(request)
    found = _named(asker, key)
    names = ("deed", "case", "reason", "conclusion")
    typed = {name: request.POST.get(name, "").replace("\0", "")[:1000] for name in names}
    by = author_of(request)
    try:
        if typed["deed"] == "close":
            close_initiative(asker, key, typed["conclusion"], by=by)
            messages.success(request, gettext("Closed, with its figures as they are now."))
        else:
            note_case(asker, key, typed["case"], typed["reason"], by=by)
            messages.success(request, gettext("Noted beside the KPI."))
    except (InitiativeRefused, BadInitiative) as error:
        said = Typed(**typed, refused=reader_text(error.text))
        return _page(request, asker, found, said, status=422)
    return redirect("initiative", asker.workspace.slug, key)


def _named(asker: Asker, key: str) -> InitiativeRecord:
    try:
        return initiative_named(asker.workspace, key, today=asker.today)
    except UnknownInitiative as error:
        raise Http404 from error


def _page(
    request: MemberRequest,
    asker: Asker,
    found: InitiativeRecord,
    typed: Typed,
    *,
    status: int = 200,
) -> HttpResponseBase:
    context: dict[str, Any] = {
        "found": found,
        "asked": found.declaration,
        "state": STATES[found.state],
        "grade": grade_of(found),
        "kpi_name": reader_text(kpi_name(found)),
        "typed": typed,
        "may_declare": may(request.member, Permission.PROMISE),
    }
    if found.declaration is not None:
        figures = initiative_figures(asker, found)
        results = figures.results
        source = memory_source(results.weeks, WEEKS)
        listing = recorded_list(request, WEEKS, source)
        if not isinstance(listing, ListPage):
            return listing
        context |= {
            "list": listing,
            "results": results,
            "grade": results.grade,
            "against": AGAINST[found.declaration.design],
            "chart": _chart(results),
            "power": figures.power,
            "counted_at": figures.counted_at,
        }
    answer: HttpResponse = render(request, "initiatives/initiative.html", context, status=status)
    return answer


def _chart(results: Results) -> Drawing | str:
    """Draw the KPI by week, before and after the start."""
    weeks = results.weeks
    if len(weeks) < 3:
        return ""
    is_share = results.kpi.kind == "share"
    points = [_point(week, is_share=is_share) for week in weeks]
    started = next((place for place, one in enumerate(weeks) if not one.is_before), None)
    events = () if started is None else (Event(float(started), gettext("Start")),)
    sign = PERCENT[reader_language()]
    chart = Spark(
        title=reader_text(results.kpi.name),
        desc=gettext("by week, before and after the start"),
        points=tuple(points),
        bottom=0.0 if is_share else None,
        top=1.0 if is_share else None,
        events=events,
        scale=(f"0{sign}", f"100{sign}") if is_share else ("", ""),
    )
    return both_widths(
        lambda prefix, width: spark(chart, prefix=prefix, width=width, height=140), "weeks"
    )


def _point(week: WeekSums, *, is_share: bool) -> Point:
    label = f"{week.since:%m-%d}"
    if is_share:
        return share_point(label, week.sums.share, is_complete=week.is_over, since=week.since)
    value = week.sums.value
    said = "" if value is None else f"{value:.2f}"
    return Point(label, value, is_complete=week.is_over, said=said, since=week.since)
