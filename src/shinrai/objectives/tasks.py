"""The periodic task of objectives: it freezes closed windows without anyone asking."""

from django.conf import settings
from procrastinate import Blueprint

from shinrai.cli.moments import now
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.warehouse.store import Warehouse

# Windows close at wall-clock minutes, and no zone lies off UTC by anything but quarters of an
# hour: whichever window closes, it does so at one of these minutes, or is frozen five later.
CATCH_UP = "*/5 * * * *"


def catch_up_all(timestamp: int = 0) -> None:
    """Compute, publish and freeze what is new in all workspaces; `timestamp` is the planned moment.

    The current moment is used, not the planned one: a delayed run must judge as of now.
    """
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=now())


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    once = "objectives:catch_up"  # not twice at a time, and late ones do not pile up
    task = found.task(name="catch_up", lock=once, queueing_lock=once)(catch_up_all)
    found.periodic(cron=CATCH_UP)(task)
    return found
