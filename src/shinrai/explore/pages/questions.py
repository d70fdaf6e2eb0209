"""Pages of questions: the list, one with its versions and uses, its form, and pinning it."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may, members
from shinrai.accounts.rules.permission import Permission
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.reader import reader_text
from shinrai.explore.operations.dashboards import add_tile, save_dashboard
from shinrai.explore.operations.questions import (
    retire_question,
    save_question,
    take_question,
    worded_chart,
)
from shinrai.explore.queries.dashboards import UnknownDashboard, dashboards
from shinrai.explore.queries.questions import (
    UnknownQuestion,
    broken_questions,
    dashboards_with,
    missing_columns,
    question_named,
    question_versions,
    questions,
    uses_of,
)
from shinrai.explore.rules.answer import QueryFailed, QueryRefused
from shinrai.explore.rules.charts import BadChart
from shinrai.explore.rules.dashboard import BadDashboard, Tile
from shinrai.explore.rules.parameters import parameter_names
from shinrai.explore.rules.permission import GROUPS, view_of
from shinrai.explore.rules.question import FILLED, BadQuestion, QuestionFields, SavedQuestion
from shinrai.units.text import Text

PREFIX = "p_"
LIST = ListSpec[SavedQuestion](
    name="questions",
    columns=(
        ListColumn("title", _("Question"), lambda row: row.title, True),
        ListColumn("key", _("Key"), lambda row: row.key, is_shown=False),
        ListColumn("owner", _("Owner"), lambda row: row.fields.owner, True),
        ListColumn("review", _("Review on"), lambda row: row.fields.review_on, True),
        ListColumn("changed", _("Changed"), lambda row: row.at, True),
        ListColumn("sql", _("SQL"), lambda row: row.fields.sql, is_shown=False),
    ),
    row="explore/_question.html",
)


@require_safe
@members_only
def question_list(request: MemberRequest) -> HttpResponseBase:
    """List the questions of a workspace."""
    rows = questions(workspace_id=request.workspace.id)
    listing = recorded_list(request, LIST, memory_source(rows, LIST))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "count": len(rows),
        "broken": broken_questions(workspace_id=request.workspace.id),
        "today": _today(request),
    }
    return render(request, "explore/questions.html", context)


@require_safe
@members_only
def question(request: MemberRequest, key: str) -> HttpResponse:
    """Show a question: what it asks, who uses it, where it is pinned, and its versions."""
    found = _found(request, key)
    there = request.workspace.id
    names = {one.key: one.display_name for one in members(workspace_id=there)}
    typed = {f"{PREFIX}{name}": value for name, value in found.fields.defaults.items()}
    context = {
        "found": found,
        "missing": missing_columns(found, workspace_id=there),
        "uses": [(names.get(one.by, one.by), one) for one in uses_of(found, workspace_id=there)],
        "pinned": dashboards_with(key, workspace_id=there),
        "versions": question_versions(workspace_id=there, key=key),
        "dashboards": dashboards(workspace_id=there),
        "today": _today(request),
        "is_mine": request.member and request.member.display_name == found.fields.owner,
        "run": urlencode({"sql": found.fields.sql, **typed}),
        "may_write": may(request.member, Permission.FILE_INVESTIGATION),
    }
    return render(request, "explore/question.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.FILE_INVESTIGATION)
def edit_question(request: MemberRequest, key: str = "") -> HttpResponse:
    """Show the form of a new question, or of the next version of one, and keep what was typed."""
    found = _found(request, key) if key else None
    if request.method != "POST" or "save" not in request.POST:
        typed: dict[str, Any] = _typed_of(found) if found else {}
        if found is None:
            given = request.POST if request.method == "POST" else request.GET
            typed = {"sql": given.get("sql", ""), "defaults": _defaults(given)}
            typed["owner"] = request.member.display_name if request.member else ""
        return _form(request, found, typed)
    typed = {name: str(request.POST.get(name, "")).strip() for name in
             ("title", "sql", "description", "chart", "owner", "review_on", "key")}  # fmt: skip
    typed["defaults"] = _defaults(request.POST)
    try:
        fields = QuestionFields(
            title=typed["title"],
            sql=typed["sql"].replace("\r\n", "\n"),
            description=typed["description"],
            defaults=typed["defaults"],
            owner=typed["owner"],
            review_on=_date(typed["review_on"]),
            chart=_chart(request, typed, found),
        )
        kept = save_question(
            workspace_id=request.workspace.id,
            key=key or typed["key"],
            fields=fields,
            is_new=found is None,
            view=_view(request),
            at=request.at,
            by=author_of(request),
        )
    except BadQuestion as error:
        return _form(request, found, typed, {error.field: reader_text(error.text)})
    except BadChart as error:
        return _form(request, found, typed, {"chart": reader_text(error.text)})
    except (QueryRefused, QueryFailed) as error:
        return _form(request, found, typed, {"sql": reader_text(error.text)})
    messages.success(request, gettext("Saved. Pin it to a dashboard below."))
    return redirect("question", request.workspace.slug, kept.key)


@require_POST
@writers_only(Permission.FILE_INVESTIGATION)
def question_step(request: MemberRequest, key: str) -> HttpResponse:
    """Pin a question to a dashboard, to a new one if none is named; take it over, or retire it."""
    found = _found(request, key)
    mine: dict[str, Any] = {
        "workspace_id": request.workspace.id,
        "at": request.at,
        "by": author_of(request),
    }
    if request.POST.get("what") == "retire":
        retire_question(key=key, **mine)
        messages.success(request, gettext("Retired. Tiles of it say so."))
        return redirect("questions", request.workspace.slug)
    if request.POST.get("what") == "take" and request.member:
        take_question(key=key, owner=request.member.display_name, **mine)
        messages.success(request, gettext("You are its owner now."))
        return redirect("question", request.workspace.slug, key)
    where = request.POST.get("dashboard", "")
    tile = Tile("", "question", found.key)
    try:
        if where:
            add_tile(key=where, tile=tile, **mine)
        else:
            title = request.POST.get("title", "").strip() or found.title
            new = Tile(found.key, "question", found.key)
            made = save_dashboard(
                key="", title=title, period="13-weeks", tiles=(new,), is_new=True, **mine
            )
            where = made.key
    except UnknownDashboard as error:
        raise Http404 from error
    except (BadDashboard, BadQuestion) as error:
        messages.error(request, reader_text(error.text))
        return redirect("question", request.workspace.slug, key)
    return redirect("dashboard", request.workspace.slug, where)


def _view(request: MemberRequest) -> str:
    return view_of(request.member.roles) if request.member else GROUPS


def _today(request: MemberRequest) -> date:
    return request.at.astimezone(zone_named(request.workspace.zone)).date()


def _date(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadQuestion("review_on", Text("write a date as 2026-12-31")) from error


def _found(request: MemberRequest, key: str) -> SavedQuestion:
    try:
        return question_named(workspace_id=request.workspace.id, key=key)
    except UnknownQuestion as error:
        raise Http404 from error


def _defaults(given: Any) -> dict[str, str]:
    return {
        name.removeprefix(PREFIX): str(value).replace("\0", "").strip()
        for name, value in given.items()
        if name.startswith(PREFIX)
    }


def _chart(
    request: MemberRequest, typed: dict[str, Any], found: SavedQuestion | None
) -> dict[str, Any]:
    """Return the chart that was typed in words; as before, or as it fits, if nothing was.

    Raises: BadChart, QueryRefused, QueryFailed.
    """
    words = typed["chart"]
    if not words:
        return {}
    if found is not None and words == _chart_words(found):
        return dict(found.fields.chart)
    fields = QuestionFields(typed["title"], typed["sql"], defaults=typed["defaults"])
    return worded_chart(
        workspace_id=request.workspace.id,
        fields=fields,
        words=words,
        view=_view(request),
        at=request.at,
        by=author_of(request),
    )


def _chart_words(found: SavedQuestion) -> str:
    chart = found.fields.chart
    if not chart:
        return ""
    said = [chart["type"]]
    said += [f"of {chart['y']}"] if chart.get("y") else []
    said += [f"by {chart['x']}"] if chart.get("x") else []
    said += [f"per {chart['series']}"] if chart.get("series") else []
    said += [f"top {chart['top']}"] if chart.get("top") else []
    return " ".join(said)


def _typed_of(found: SavedQuestion) -> dict[str, Any]:
    fields = found.fields
    return {
        "title": fields.title,
        "sql": fields.sql,
        "description": fields.description,
        "chart": _chart_words(found),
        "owner": fields.owner,
        "review_on": fields.review_on.isoformat() if fields.review_on else "",
        "defaults": dict(fields.defaults),
    }


def _form(
    request: MemberRequest,
    found: SavedQuestion | None,
    typed: dict[str, Any],
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    context = {
        "found": found,
        "typed": typed,
        "wrong": wrong or {},
        "names": [
            (name, typed["defaults"].get(name, ""), name in FILLED)
            for name in parameter_names(typed.get("sql", ""))
        ],
    }
    status = 422 if wrong else 200
    return render(request, "explore/edit_question.html", context, status=status)
