"""Prepare reports: compute each once, write it in both languages, and store it."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils import translation

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.reports.models import PreparedReport
from shinrai.reports.queries.documents import report_markdown, report_plain
from shinrai.reports.queries.laid_out import sentence_of, title_of
from shinrai.reports.queries.period import period_report
from shinrai.reports.queries.prepared import is_current, rests_on
from shinrai.reports.queries.records import PeriodReport
from shinrai.reports.rules.periods import Period
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
        return {
            "title": translated(title_of(report), language),
            "sentence": translated(sentence_of(report), language),
            "plain": report_plain(report, language),
            "markdown": report_markdown(report, language),
            "body": render_to_string(
                "reports/_report.html",
                {
                    "report": report,
                    "workspace": report.workspace,
                    "request": SimpleNamespace(at=report.at),  # moments leave out its year
                },
            ),
        }
