"""The tasks of explore: masked snapshots for SQL of members, and tiles."""

from typing import Final

from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now

PREPARE: Final = "explore:prepare"
EACH_FIVE_MINUTES: Final = "2-59/5 * * * *"


def prepare(timestamp: int = 0) -> None:
    """Write the snapshots of every workspace whose tables moved, and its tiles; forget old runs."""
    from shinrai.explore.operations.runs import forget_runs
    from shinrai.explore.operations.snapshots import prepare_snapshots
    from shinrai.explore.operations.tiles import refresh_tiles

    for there in workspaces():
        prepare_snapshots(workspace=there, at=now())
        refresh_tiles(workspace=there, at=now())
    forget_runs(at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    task = found.task(name=PREPARE.partition(":")[2], lock=PREPARE, queueing_lock=PREPARE)(prepare)
    found.periodic(cron=EACH_FIVE_MINUTES)(task)
    return found
