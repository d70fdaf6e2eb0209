"""The tasks of reports: prepare those asked for and last week's, and send it on Mondays."""

import logging
from datetime import date
from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspace_named, workspaces
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.cli.moments import now
from shinrai.reports.operations.preparing import prepare_report, send_due_reports
from shinrai.reports.rules.periods import Period, week_of
from shinrai.warehouse.store import Warehouse

PREPARE: Final = "reports:prepare"
PREPARE_SPRINT: Final = "reports:prepare_sprint"
USUAL = "2-59/5 * * * *"  # after the tables were brought up to date
EVERY_MINUTE = "* * * * *"  # 9:00 comes at another minute of UTC in some zones
log = logging.getLogger("shinrai.reports")


def prepare(workspace: str, kind: str, first: str, last: str) -> None:
    """Prepare the report that somebody asked for."""
    prepare_report(
        workspace=workspace_named(workspace),
        period=Period(kind, date.fromisoformat(first), date.fromisoformat(last)),  # type: ignore[arg-type]
        at=now(),
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
    )


def prepare_sprint(workspace: str, key: str) -> None:
    """Prepare the digest of a sprint that somebody began."""
    from shinrai.reports.operations.digest_preparing import prepare_digest

    prepare_digest(workspace=workspace_named(workspace), key=key, at=now(), by="worker")


def prepare_usual(timestamp: int = 0) -> None:
    """Prepare last week's report, which the page shows first, in every workspace."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        today = now().astimezone(zone_named(there.zone)).date()
        prepare_report(
            workspace=there, period=week_of(today).moved(-1), at=now(), warehouse=warehouse
        )


def send_weekly(timestamp: int = 0) -> None:
    """Put the report of the week that ended into the outbox of every workspace that sends it.

    A workspace that fails is tried again in a minute, and does not keep the others waiting.
    """
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        try:
            send_due_reports(workspace=there, at=now(), warehouse=warehouse)
        except Exception:
            log.exception("the report of %s cannot be sent", there.slug)


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    found.task(name=PREPARE.partition(":")[2])(prepare)
    found.task(name=PREPARE_SPRINT.partition(":")[2])(prepare_sprint)
    for work, cron in ((prepare_usual, USUAL), (send_weekly, EVERY_MINUTE)):
        once = f"reports:{work.__name__}"
        task = found.task(name=work.__name__, lock=once, queueing_lock=once)(work)
        found.periodic(cron=cron)(task)
    return found
