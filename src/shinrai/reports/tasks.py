"""The tasks of reports: prepare those asked for, and last week's of every workspace."""

from datetime import date
from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspace_named, workspaces
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.cli.moments import now
from shinrai.reports.operations import prepare_report
from shinrai.reports.rules.periods import Period, week_of
from shinrai.warehouse.store import Warehouse

PREPARE: Final = "reports:prepare"
USUAL = "2-59/5 * * * *"  # after the tables were brought up to date


def prepare(workspace: str, kind: str, first: str, last: str) -> None:
    """Prepare the report that somebody asked for."""
    prepare_report(
        workspace=workspace_named(workspace),
        period=Period(kind, date.fromisoformat(first), date.fromisoformat(last)),  # type: ignore[arg-type]
        at=now(),
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
    )


def prepare_usual(timestamp: int = 0) -> None:
    """Prepare last week's report, which the page shows first, in every workspace."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        today = now().astimezone(zone_named(there.zone)).date()
        prepare_report(
            workspace=there, period=week_of(today).moved(-1), at=now(), warehouse=warehouse
        )


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    found.task(name=PREPARE.partition(":")[2])(prepare)
    once = "reports:prepare_usual"
    task = found.task(name="prepare_usual", lock=once, queueing_lock=once)(prepare_usual)
    found.periodic(cron=USUAL)(task)
    return found
