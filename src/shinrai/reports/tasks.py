"""What a worker does for reports: counts what took too long while somebody waited for the page."""

from datetime import date
from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspace_named
from shinrai.cli.moments import now
from shinrai.quality.operations.period_counts import keep_counted
from shinrai.reports.queries.period import period_report
from shinrai.reports.rules.periods import between
from shinrai.warehouse.store import Warehouse

TASK: Final = "reports:prepare"


def prepare(workspace: str, first: str, last: str) -> None:
    """Count what a report of these dates is made of, and keep it for whoever asks next."""
    there, at = workspace_named(workspace), now()
    found = period_report(
        workspace=there,
        period=between(date.fromisoformat(first), date.fromisoformat(last)),
        at=at,
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
    )
    if found.quality.counted is not None:
        keep_counted(workspace_id=there.id, counted=found.quality.counted, at=at)


def tasks() -> Blueprint:
    """Register the work of this room."""
    found = Blueprint()
    found.task(name=TASK.partition(":")[2])(prepare)
    return found
