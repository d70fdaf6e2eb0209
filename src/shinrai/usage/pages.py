"""The page of usage: who comes back week by week, who comes and goes, and the days of habit."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.console.charts.bars import Bar, bars
from shinrai.console.rules.wording import date_text
from shinrai.statistics.interval import Interval
from shinrai.units.share import Share
from shinrai.units.text import translated
from shinrai.usage.queries.activity import lifecycle, stickiness
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.retention import RetentionCohort, RetentionRequest, retention
from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.warehouse.store import Warehouse

WEEKS: Final = 8
HABIT_DAYS: Final = 28
# Of 28 days: once, up to once a week, up to twice, up to every other day, more.
HABITS: Final = ((1, 1), (2, 4), (5, 8), (9, 14), (15, HABIT_DAYS))


@dataclass(frozen=True)
class TriangleCell:
    """A column of a cohort: a share with its interval, or that its time is not over."""

    column: int
    share: Share | None
    interval: Interval | None


@require_safe
@members_only
def usage(request: MemberRequest) -> HttpResponse:
    """Show who came back in the last weeks, by the week in which they first came."""
    workspace = request.workspace
    scope = UsageScope(
        workspace.id,
        workspace.zone,
        request.at,
        Warehouse(settings.SHINRAI_WAREHOUSE),
        persons=actors_merged(workspace.id),
    )
    weeks = Span("week", scope.today - timedelta(weeks=WEEKS - 1), scope.today)
    found = retention(scope, RetentionRequest(weeks, periods=WEEKS, kind="first-time"))
    recent = Span("day", scope.today - timedelta(days=HABIT_DAYS), scope.today - timedelta(days=1))
    habits = stickiness(scope, recent).people
    life = lifecycle(scope, weeks)
    context = {
        "columns": range(1, WEEKS),
        "cohorts": [(one, list(_cells(one))) for one in reversed(found.cohorts)],
        "newest": _newest(found.cohorts),
        "lifecycle": list(reversed(life)),
        "is_empty": not habits and not any(one.active or one.dormant for one in life),
        "habit_days": HABIT_DAYS,
        "habits": bars(
            [
                Bar(_span_of_days(low, high), count, str(count))
                for low, high in HABITS
                for count in [sum(n for days, n in habits.items() if low <= days <= high)]
            ],
            prefix="habits",
            title=_("Persons by active days"),
        ),
        "since": _day(found.cohorts[0]),
    }
    return render(request, "usage/usage.html", context)


def _cells(cohort: RetentionCohort) -> Iterator[TriangleCell]:
    columns = zip(cohort.returned, cohort.intervals, strict=True)
    for column, (count, interval) in enumerate(columns):
        if column:
            bounds = interval if isinstance(interval, Interval) else None
            share = None if count is None else Share(count, cohort.size)
            yield TriangleCell(column, share, bounds)


def _newest(cohorts: tuple[RetentionCohort, ...]) -> tuple[str, TriangleCell] | None:
    """Return the newest week that somebody began in whose next week is over, and who came back."""
    for one in reversed(cohorts):
        first = next(_cells(one))
        if one.size and first.share is not None:
            week = date_text(_day(one), has_year=False)
            return translated(week, get_language() or "en"), first
    return None


def _day(cohort: RetentionCohort) -> date:
    start = cohort.start
    assert isinstance(start, date)
    return start


def _span_of_days(low: int, high: int) -> str:
    if low == high:
        return ngettext("{n} day", "{n} days", low).format(n=low)
    return _("{low} to {high} days").format(low=low, high=high)
