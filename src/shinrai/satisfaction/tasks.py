"""The task of satisfaction: prepare the first view."""

from typing import Final

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.warehouse.store import Warehouse

PREPARE: Final = "satisfaction:prepare"
EACH_HALF_MINUTE: Final = "* * * * * */30"


def prepare(timestamp: int = 0) -> None:
    """Prepare the first view of satisfaction where it is not current."""
    from shinrai.satisfaction.operations.first_view import prepare_satisfaction

    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        prepare_satisfaction(workspace=there, at=now(), warehouse=warehouse)


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    job = found.task(name="prepare", lock=PREPARE, queueing_lock=PREPARE)(prepare)
    found.periodic(cron=EACH_HALF_MINUTE)(job)
    return found
