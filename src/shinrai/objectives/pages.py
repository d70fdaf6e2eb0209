"""Pages about objectives: the list of a workspace, and one objective in detail."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.cli.moments import BadMomentArgument, read_moment
from shinrai.console.addresses import query_with
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.objectives.queries.guidelines import guideline_reports
from shinrai.objectives.queries.showing import shown_objective, shown_objectives
from shinrai.objectives.queries.standings import DueLine, ObjectiveReport, UnknownObjective
from shinrai.warehouse.store import Warehouse

NUL = "\x00"
OBJECTIVES = ListSpec[ObjectiveReport](
    name="objectives",
    columns=(
        ListColumn("name", _("Key"), lambda row: row.standing.objective.name),
        ListColumn("title", _("Objective"), lambda row: row.standing.objective.title),
        ListColumn("target", _("Target"), lambda row: row.standing.objective.target),
        ListColumn("kept", _("Kept"), lambda row: row.standing.attained.share.count),
        ListColumn("of", _("Of"), lambda row: row.standing.attained.share.of),
        ListColumn("misses", _("Misses"), lambda row: row.standing.counts.misses),
        ListColumn("misses_left", _("Misses left"), lambda row: row.standing.budget.misses_left),
        ListColumn("overdue", _("Overdue"), lambda row: row.standing.counts.overdue),
        ListColumn("outcome", _("State"), lambda row: row.standing.outcome),
        ListColumn("from", _("From"), lambda row: row.standing.span.start),
        ListColumn("to", _("To"), lambda row: row.standing.span.end),
    ),
    row="",
    is_searched=False,
)


CASES_DUE = ListSpec[DueLine](
    name="cases-due",
    columns=(
        ListColumn("case", _("Case"), lambda line: line.case_key, True),
        ListColumn("round", _("Round"), lambda line: line.index, is_shown=False),
        ListColumn("due", _("Due"), lambda line: line.due_at, True),
        ListColumn("answered", _("Answered"), lambda line: line.stopped_at, True),
        ListColumn("began", _("Began"), lambda line: line.started_at, True),
        ListColumn("state", _("State"), lambda line: line.state, True),
    ),
    row="objectives/_line.html",
    usual="-due",
    classes="cards pairs",
    anchor="cases",
)


@dataclass(frozen=True)
class AsOf:
    """The moment a page shows: now, or an earlier one given in its address."""

    moment: datetime
    is_now: bool
    query: str


def as_of(request: MemberRequest) -> AsOf:
    """Read `?at=` of the address; a moment without an offset is in the workspace's time zone.

    Raises: BadRequest.
    """
    asked = request.GET.get("at", "").strip()
    if not asked:
        return AsOf(request.at, is_now=True, query="")
    try:
        # A plus sign in an address is read as a blank, and people paste addresses.
        moment = read_moment(asked.replace(" ", "+"), zone=request.workspace.zone)
    except BadMomentArgument as error:
        raise BadRequest(reader_text(error.text)) from error
    return AsOf(moment, is_now=False, query="?" + urlencode({"at": asked.replace(" ", "+")}))


def the_warehouse() -> Warehouse:
    """Open the published tables of this installation."""
    return Warehouse(settings.SHINRAI_WAREHOUSE)


@require_safe
@members_only
def objectives(request: MemberRequest) -> HttpResponseBase:
    """Show every objective of a workspace, each in a sentence and a row, and the guidelines."""
    at = as_of(request)
    found = shown_objectives(
        workspace_id=request.workspace.id, at=at.moment, warehouse=the_warehouse()
    )
    listing = recorded_list(request, OBJECTIVES, memory_source(found, OBJECTIVES))
    if not isinstance(listing, ListPage):
        return listing
    guidelines = guideline_reports(
        workspace=request.workspace, at=at.moment, warehouse=the_warehouse()
    )
    context = {"objectives": found, "guidelines": guidelines, "as_of": at, "list": listing}
    return render(request, "objectives/objectives.html", context)


@require_safe
@members_only
def objective(request: MemberRequest, name: str) -> HttpResponseBase:
    """Show one objective: its figures, the cases due, versions and past verdicts."""
    at = as_of(request)
    if NUL in name:
        raise Http404  # no name holds a NUL, and PostgreSQL knows no such text
    try:
        found = shown_objective(
            workspace_id=request.workspace.id, name=name, at=at.moment, warehouse=the_warehouse()
        )
    except UnknownObjective as error:
        raise Http404 from error
    lines = found.report.lines
    parts = {
        "asking": [line for line in lines if line.state != "kept"],
        "kept": [line for line in lines if line.state == "kept"],
        "all": lines,
    }
    usual = "asking" if parts["asking"] else "kept"
    part = request.GET.get("part", usual)
    part = part if part in parts else usual
    page = recorded_list(request, CASES_DUE, memory_source(parts[part], CASES_DUE))
    if not isinstance(page, ListPage):
        return page
    context = {"shown": found, "as_of": at, "list": page, "part": part}
    context["parts"] = [
        (one, query_with(request.GET, part=one, page=None), len(rows))
        for one, rows in parts.items()
    ]
    return render(request, "objectives/objective.html", context)
