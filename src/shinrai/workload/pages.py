"""The page of work: what weighs most, and what a week asks of tier 3."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from shinrai.accounts.guards import MemberRequest, members_only
from shinrai.ledger.queries import has_cases
from shinrai.topics.queries import codebook
from shinrai.workload.measures.declared import INTERRUPTIONS, WORKED
from shinrai.workload.queries.presence import is_measured
from shinrai.workload.queries.summary import work_now

SHOWN = 12  # kinds of job a page lists
SPANS = (28, 91, 364)  # days: four weeks, a quarter, a year


@require_safe
@members_only
def workload(request: MemberRequest) -> HttpResponse:
    """Rank kinds of job by volume times minutes over the last weeks, mode by mode."""
    asked = request.GET.get("days", "")
    days = int(asked) if asked in {str(span) for span in SPANS} else SPANS[1]
    today = request.at.astimezone(ZoneInfo(request.workspace.zone)).date()
    since = today - timedelta(days=days - 1)
    found = work_now(workspace=request.workspace, since=since, until=today)
    context = {
        "is_pending": found is None and has_cases(workspace_id=request.workspace.id),
        "modes": sorted(
            found.modes if found else (), key=lambda mode: -sum(job.spent_s for job in mode.jobs)
        ),
        "worked": WORKED,
        "interruptions": INTERRUPTIONS,
        "since": since,
        "until": today,
        "days": days,
        "spans": SPANS,
        "most": SHOWN,
        "book": codebook(workspace_id=request.workspace.id),
        "measured": is_measured(workspace_id=request.workspace.id),
    }
    return render(request, "workload/workload.html", context)
