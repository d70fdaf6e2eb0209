"""The page of work: which jobs take most time, and how much tier 3 works per week."""

from dataclasses import dataclass, replace

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.console.dates import page_dates
from shinrai.console.lists import (
    ListColumn,
    ListPage,
    ListSpec,
    memory_source,
    shown_page,
)
from shinrai.console.rules.date_span import DateSpan
from shinrai.ledger.queries import has_cases
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.workload.measures.declared import INTERRUPTIONS, WORKED
from shinrai.workload.queries.presence import is_measured
from shinrai.workload.queries.summary import ModeWork, WorkSummary, work_now
from shinrai.workload.rules.jobs import Job
from shinrai.workload.templatetags.workload import job_word, topic_name


@dataclass(frozen=True)
class JobRow:
    """A kind of job of one mode, its name for the reader, and the mode's largest seconds."""

    mode: str
    job: Job
    name: str
    most_s: float

    @property
    def minutes_each(self) -> float:
        """Return the average minutes per case."""
        return self.job.spent_s / 60 / self.job.cases


JOBS = ListSpec[JobRow](
    name="work",
    columns=(
        ListColumn("mode", _("Mode"), lambda row: row.mode, is_shown=False),
        ListColumn("job", _("Job"), lambda row: row.name, is_sortable=True),
        ListColumn("tier", _("Tier"), lambda row: row.job.tier, is_shown=False),
        ListColumn("topic", _("Topic"), lambda row: row.job.topic, is_shown=False),
        ListColumn("cases", _("Cases"), lambda row: row.job.cases, True, is_number=True),
        ListColumn(
            "minutes", _("Minutes a case"), lambda row: row.minutes_each, True, is_number=True
        ),
        ListColumn("hours", _("Hours"), lambda row: row.job.spent_s / 3600, True, is_number=True),
        ListColumn("low", _("Hours, at least"), lambda row: row.job.low_s / 3600, is_shown=False),
        ListColumn("high", _("Hours, at most"), lambda row: row.job.high_s / 3600, is_shown=False),
        ListColumn("interval", _("Interval")),
    ),
    row="workload/_job.html",
    usual="-hours",
    a_page=12,
    classes="cards pairs board jobs",
)


@require_safe
@members_only
def workload(request: MemberRequest) -> HttpResponseBase:
    """Show the kinds of job by total time over some dates, for each mode."""
    dates = page_dates(request, zone=zone_named(request.workspace.zone))
    if dates.span is None:
        return render(request, "workload/workload.html", {"dates": dates}, status=422)

    def work(span: DateSpan) -> WorkSummary | None:
        return work_now(workspace=request.workspace, since=span.since, until=span.until)

    found = work(dates.span)
    earlier = work(dates.before) if dates.before else None
    before = {mode.mode: mode for mode in (earlier.modes if earlier else ())}
    modes = sorted(
        found.modes if found else (), key=lambda mode: -sum(job.spent_s for job in mode.jobs)
    )
    book = codebook(workspace_id=request.workspace.id)
    rows = {mode.mode: _rows(mode, book) for mode in modes}
    every = [row for some in rows.values() for row in some]
    whole = replace(JOBS, a_page=max(len(every), 1))
    listing = recorded_list(request, whole, memory_source(every, JOBS))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "is_pending": found is None and has_cases(workspace_id=request.workspace.id),
        "dates": dates,
        "list": listing,
        "modes": [
            {
                "work": mode,
                "before": before.get(mode.mode),
                "list": shown_page(request, JOBS, memory_source(rows[mode.mode], JOBS)),
            }
            for mode in modes
        ],
        "worked": WORKED,
        "interruptions": INTERRUPTIONS,
        "book": book,
        "measured": is_measured(workspace_id=request.workspace.id),
    }
    return render(request, "workload/workload.html", context)


def _rows(mode: ModeWork, book: Codebook) -> list[JobRow]:
    most_s = max((max(job.high_s, job.spent_s) for job in mode.jobs), default=0) or 1
    return [
        JobRow(
            mode=mode.mode,
            job=job,
            name=" · ".join(
                [job_word(job.job), *([topic_name(job.topic, book)] if job.topic else [])]
            ),
            most_s=most_s,
        )
        for job in mode.jobs
    ]
