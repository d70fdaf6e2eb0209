"""Prepare reports, in both languages, and send the weekly one to whom it is scheduled for."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.delivery.outbox import has_message
from shinrai.reports.models import PreparedReport
from shinrai.reports.operations.schedules import post_report
from shinrai.reports.queries.documents import report_markdown
from shinrai.reports.queries.laid_out import title_of
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.prepared import is_current, rests_on
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.queries.schedules import schedules
from shinrai.reports.queries.short_lines import short_lines
from shinrai.reports.queries.short_report import message_content
from shinrai.reports.rules.periods import Period
from shinrai.reports.rules.schedule import (
    last_due,
    week_sent,
)
from shinrai.units.text import translated
from shinrai.warehouse.store import Warehouse

LANGUAGES: Final = ("en", "ja")
MOST: Final = 500  # reports of a workspace that are kept; those prepared longest ago go first


def prepare_report(
    *, workspace: WorkspaceRecord, period: Period, at: datetime, warehouse: Warehouse
) -> bool:
    """Prepare a report, unless the stored one is current; return whether it was prepared.

    Raises: BadPeriod.
    """
    if is_current(workspace=workspace, period=period, at=at, warehouse=warehouse):
        return False
    ground = rests_on(workspace=workspace, period=period, at=at, warehouse=warehouse)
    found = period_report(workspace=workspace, period=period, at=at, warehouse=warehouse)
    PreparedReport.objects.update_or_create(
        workspace_id=workspace.id,
        kind=period.kind,
        first=period.first,
        last=period.last,
        defaults={
            "at": found.at,
            "prepared_at": at,
            "rests_on": ground,
            "is_empty": found.is_empty,
            "from_steps": found.from_steps,
            "versions": found.versions,
            "parts": {language: _parts(found, language) for language in LANGUAGES},
        },
    )
    stored = PreparedReport.objects.filter(workspace_id=workspace.id).order_by("-prepared_at")
    PreparedReport.objects.filter(id__in=list(stored.values_list("id", flat=True)[MOST:])).delete()
    return True


def _parts(report: PeriodReport, language: str) -> dict[str, Any]:
    with translation.override(language):
        context = {
            "report": report,
            "workspace": report.workspace,
            "request": SimpleNamespace(at=report.at),  # moments leave out its year
        }
        return {
            "title": translated(title_of(report), language),
            "lines": [line.stored(language) for line in short_lines(report)],
            "markdown": report_markdown(report, language),
            "front": render_to_string("reports/_front.html", context),
            "body": render_to_string("reports/_report.html", context),
        }


def send_due_reports(*, workspace: WorkspaceRecord, at: datetime, warehouse: Warehouse) -> int:
    """Put the report of the week that ended into the outbox, once by each schedule.

    Return how many were put there. A schedule made after Monday 9:00 begins with the next.
    """
    due = last_due(at, workspace.zone)
    period, count = week_sent(due, workspace.zone), 0
    for schedule in schedules(workspace_id=workspace.id):
        once = f"report:{schedule.id}:{period.name}"
        if schedule.made_at > due or has_message(once):
            continue
        prepare_report(workspace=workspace, period=period, at=at, warehouse=warehouse)
        content = message_content(workspace, schedule, period)
        if content is None:
            continue
        count += post_report(schedule, once, content, what="send report", at=at, by="schedule")
    return count
