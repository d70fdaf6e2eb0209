"""The page of a guardian about a child, and the same of made-up data for everybody."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from shinrai.accounts.operations.audit import record_view
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, open_to_all
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.console.charts.month import days_of_month
from shinrai.console.charts.svg import Drawing
from shinrai.console.reader import reader_text
from shinrai.family.pages.session import GuardianRequest, guardians_only
from shinrai.family.queries.child import ChildView, child_view
from shinrai.family.queries.guardians import (
    GuardianRecord,
    LinkedLearner,
    guardian_numbered,
    linked_learners,
    links_of_workspace,
)
from shinrai.family.queries.notices import notices_to
from shinrai.family.rules.week import time_text
from shinrai.usage.queries.achievement import USUAL_DAYS

SOME: Final = 15  # minutes of a day that is drawn fuller
MUCH: Final = 45


@require_safe
@never_cache
@open_to_all
@guardians_only
def child(request: GuardianRequest, learner: int) -> HttpResponseBase:
    """Show a guardian what a child of theirs studied; another's child is not found."""
    visit = request.visit
    children = linked_learners(visit.guardian.id, request.at)
    if learner not in {one.learner for one in children}:
        raise Http404
    _viewed(request, visit.workspace.id, learner, by=visit.by)
    return _shown(request, visit.workspace, visit.guardian, children, learner)


@require_safe
@members_only
def as_guardian(request: MemberRequest) -> HttpResponseBase:
    """Show what a guardian of made-up data sees; of real data nobody sees it so."""
    there = request.workspace
    if not there.is_simulated:
        raise Http404
    links = [one for one in links_of_workspace(there.id, request.at) if one.state == "linked"]
    counts = Counter(one.guardian for one in links if one.guardian is not None)
    guardian = next(
        (found for one, _n in counts.most_common() if (found := guardian_numbered(there.id, one))),
        None,
    )
    if guardian is None:
        return render(request, "family/no_child.html", {"workspace": there, "is_simulated": True})
    children = linked_learners(guardian.id, request.at)
    asked = request.GET.get("learner", "")
    known = [one.learner for one in children]
    learner = next((one for one in known if str(one) == asked), known[0])
    if request.member is not None:
        _viewed(request, there.id, learner, by=author_of(request))
    return _shown(request, there, guardian, children, learner)


def _viewed(request: Any, workspace_id: int, learner: int, *, by: str) -> None:
    record_view(
        workspace_id=workspace_id,
        what="guardian read of a child",
        subject=f"customer:{learner}",
        at=request.at,
        by=by,
    )


def _shown(
    request: Any,
    workspace: WorkspaceRecord,
    guardian: GuardianRecord,
    children: Sequence[LinkedLearner],
    learner: int,
) -> HttpResponse:
    view = child_view(workspace, learner, at=request.at)
    names = {one.learner: one.name or _("Your child") for one in children}
    before = (view.month - timedelta(days=1)).replace(day=1)
    context = {
        "workspace": workspace,
        "guardian": guardian,
        "children": list(names.items()),
        "name": names[learner],
        "number": learner,
        "view": view,
        "line": reader_text(view.line.text),
        "dinner": reader_text(view.dinner) if view.dinner else "",
        "pictures": [_picture(view, one) for one in (before, view.month)],
        "month_days": sum(one >= view.month for one in view.days),
        "before_days": sum(before <= one < view.month for one in view.days),
        "subjects": [(one, reader_text(time_text(one.minutes))) for one in view.subjects],
        "score_days": USUAL_DAYS,
        "is_simulated": workspace.is_simulated,
        "told": notices_to(guardian.id, at=request.at, learner=learner),
    }
    return render(request, "family/child.html", context)


def _picture(view: ChildView, start: date) -> Drawing:
    def cell(day: date) -> tuple[str, str]:
        found = view.days.get(day)
        if found is None:
            words = "" if day > view.today else _("{day}: no study").format(day=f"{day:%m-%d}")
            return ("closed" if day > view.today else "none"), words
        minutes = found.minutes
        sort = "much" if minutes >= MUCH else "some" if minutes >= SOME else "little"
        time = reader_text(time_text(minutes)) if minutes else _("studied")
        return sort, f"{day:%m-%d}: {time}"

    count = sum(start <= day <= view.today and day.month == start.month for day in view.days)
    return days_of_month(
        start,
        cell,
        today=view.today,
        desc=ngettext("{n} day of study", "{n} days of study", count).format(n=count),
        weekdays=tuple(str(WEEKDAYS_ABBR[(day - 1) % 7])[:2] for day in range(7)),
    )
