"""The page of habit: who comes back, who comes and goes, who has a habit, and who has left."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.addresses import query_with
from shinrai.console.lists import TYPES, ListColumn, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.units.errors import UserError
from shinrai.usage.operations.first_view import prepared_usage, view_parts
from shinrai.usage.pages.question import KINDS, read_question, the_warehouse, typed
from shinrai.usage.queries.cohorts import saved_cohorts
from shinrai.usage.queries.laid_out import asked_of
from shinrai.usage.queries.retention import RetentionCohort
from shinrai.usage.queries.view import UsageQuestion, UsageView, usage_view, usual_question

PERIOD_WORDS: Final = {"day": _("Days"), "week": _("Weeks"), "month": _("Months")}
KIND_WORDS: Final = {
    "first-time": _("whoever came for the first time"),
    "recurring": _("whoever was active in the period"),
    "first-ever": _("whoever's very first start has the properties"),
}


@require_safe
@members_only
def usage(request: MemberRequest) -> HttpResponseBase:
    """Show who came back in the last weeks, by the week in which they first came."""
    there, at, asked = request.workspace, request.at, typed(request.GET)
    usual = usual_question(there.zone, at)
    context: dict[str, Any] = {
        "typed": asked,
        "periods": [
            (name, query_with(dict(asked_words(asked)), period=name, **{"from": None, "to": None}))
            for name in PERIOD_WORDS
        ],
        "period_words": PERIOD_WORDS,
        "period": asked["period"] or "week",
        "kinds": [(kind, KIND_WORDS[kind]) for kind in KINDS],
        "cohorts": saved_cohorts(there.id),
        "is_narrowed": any(value for name, value in asked.items() if name != "period"),
    }
    try:
        question = read_question(request)
        if request.GET.get("format") in TYPES:
            return _download(request, question)
        language, warehouse = reader_language(), the_warehouse()
        parts = prepared_usage(workspace=there, language=language, at=at, may_be_late=True)
        if parts is None or question != usual:
            lacks = parts is None or not question.has_habit_of(usual)
            view = usage_view(there, at=at, warehouse=warehouse, question=question, has_habit=lacks)
            parts = {**(parts or {}), **view_parts(view, there, language=language)}
    except UserError as error:
        context["wrong"] = reader_text(error.text)
        return render(request, "usage/usage.html", context, status=422)
    context |= {"parts": parts, "asked": asked_of(question, usual), "cohort": question.cohort}
    return render(request, "usage/usage.html", context)


def asked_words(asked: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return what is asked in an address, without what is left empty."""
    return [(name, value) for name, value in asked.items() if value]


def _download(request: MemberRequest, question: UsageQuestion) -> HttpResponseBase:
    """Return a table of the page as a file: which one, `table` says."""
    tables = {"retention": _retention, "lifecycle": _lifecycle, "stickiness": _stickiness}
    table = request.GET.get("table", "")
    table = table if table in tables else "retention"
    view = usage_view(
        request.workspace,
        at=request.at,
        warehouse=the_warehouse(),
        question=question,
        has_habit=table == "stickiness",
    )
    columns, rows = tables[table](view)
    spec = ListSpec[Any](
        name=f"usage-{table}",
        columns=columns,
        row="",
        is_searched=False,
        usual="start",
    )
    return recorded_list(request, spec, memory_source(rows, spec))  # type: ignore[return-value]


def _retention(view: UsageView) -> tuple[tuple[ListColumn[Any], ...], list[Any]]:
    """Return a row per cohort: who came back, and the ends of the interval, column by column."""
    columns = [
        ListColumn[Any]("start", _("Start"), lambda row: f"{row.start}", True),
        ListColumn[Any]("persons", _("Persons"), lambda row: row.size),
        ListColumn[Any]("open_from", _("not over from"), lambda row: row.open_from),
    ]
    for n in range(1, view.question.retention.periods):
        columns += [
            ListColumn[Any](f"+{n}", f"+{n}", partial(_returned, column=n)),
            ListColumn[Any](f"+{n}_low", _("at least"), partial(_end, column=n, end="low")),
            ListColumn[Any](f"+{n}_high", _("at most"), partial(_end, column=n, end="high")),
        ]
    return tuple(columns), list(view.triangle.cohorts)


def _returned(row: RetentionCohort, *, column: int) -> int | None:
    return row.returned[column]


def _end(row: RetentionCohort, *, column: int, end: str) -> float | None:
    found: float | None = getattr(row.intervals[column], end, None)
    return found


def _lifecycle(view: UsageView) -> tuple[tuple[ListColumn[Any], ...], list[Any]]:
    columns = (
        ListColumn[Any]("start", _("Start"), lambda row: f"{row.start}", True),
        ListColumn[Any]("active", _("Active"), lambda row: row.active),
        ListColumn[Any]("new", _("New persons"), lambda row: row.new),
        ListColumn[Any]("returning", _("Returning"), lambda row: row.returning),
        ListColumn[Any]("resurrecting", _("Resurrecting"), lambda row: row.resurrecting),
        ListColumn[Any]("dormant", _("Dormant"), lambda row: row.dormant),
    )
    return columns, list(view.lifecycle)


def _stickiness(view: UsageView) -> tuple[tuple[ListColumn[Any], ...], list[Any]]:
    columns = (
        ListColumn[Any]("start", _("Active days"), lambda row: row[0], True),
        ListColumn[Any]("persons", _("Persons"), lambda row: row[1]),
    )
    days = view.habit.days.people if view.habit else {}
    return columns, sorted(days.items())
