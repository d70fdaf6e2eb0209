"""The task of initiatives: prepare the figures of their pages."""

from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.warehouse.store import Warehouse

PREPARE: Final = "initiatives:prepare"
EACH_MINUTE: Final = "* * * * *"  # what is current is left as it is


def prepare(timestamp: int = 0) -> None:
    """Prepare initiatives that were amended, or whose figures are of another hour."""
    from shinrai.initiatives.operations.prepared import prepare_initiatives

    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        prepare_initiatives(workspace=there, warehouse=warehouse, at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    task = found.task(name=PREPARE.partition(":")[2], lock=PREPARE, queueing_lock=PREPARE)(prepare)
    found.periodic(cron=EACH_MINUTE)(task)
    return found
