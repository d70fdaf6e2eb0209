"""The task of missions: prepare what the team's page shows."""

from typing import Final

from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now

PREPARE: Final = "missions:prepare"
EACH_MINUTE: Final = "* * * * *"


def prepare(timestamp: int = 0) -> None:
    """Prepare the summary of each workspace where it is not current."""
    from shinrai.missions.operations.first_view import prepare_summary  # DuckDB: slow to load

    for there in workspaces():
        prepare_summary(workspace=there, at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    job = found.task(name="prepare", lock=PREPARE, queueing_lock=PREPARE)(prepare)
    found.periodic(cron=EACH_MINUTE)(job)
    return found
