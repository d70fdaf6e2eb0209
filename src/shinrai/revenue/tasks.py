"""The task of revenue: prepare what goes with an earlier end of contracts."""

from typing import Final

from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now

HAZARD: Final = "revenue:hazard"
EACH_TEN_MINUTES: Final = "7-59/10 * * * *"


def hazard(timestamp: int = 0) -> None:
    """Prepare it where the day is another one, or contracts were added."""
    from shinrai.revenue.operations.hazard import prepare_hazard

    for there in workspaces():
        prepare_hazard(workspace=there, at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    task = found.task(name=HAZARD.partition(":")[2], lock=HAZARD, queueing_lock=HAZARD)(hazard)
    found.periodic(cron=EACH_TEN_MINUTES)(task)
    return found
