"""The task of trends: prepare the first view."""

from typing import Final

from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now

PREPARE: Final = "trends:prepare"
EACH_TEN_MINUTES: Final = "4-59/10 * * * *"


def prepare(timestamp: int = 0) -> None:
    """Prepare the trends of every workspace in which something changed."""
    from shinrai.trends.operations import prepare_trends

    for there in workspaces():
        prepare_trends(workspace=there, at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    task = found.task(name=PREPARE.partition(":")[2], lock=PREPARE, queueing_lock=PREPARE)(prepare)
    found.periodic(cron=EACH_TEN_MINUTES)(task)
    return found
