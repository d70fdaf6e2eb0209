"""The tasks of knowledge: mark what a release made stale; count what came of uses."""

from typing import Final

from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now

MARK: Final = "knowledge:mark"
PREPARE: Final = "knowledge:prepare"
EVERY_MINUTE: Final = "* * * * *"
EACH_TEN_MINUTES: Final = "6-59/10 * * * *"


def mark(timestamp: int = 0) -> None:
    """Mark the articles after which a newer release is out, in every workspace."""
    from shinrai.knowledge.operations.staleness import mark_released

    for there in workspaces():
        mark_released(workspace=there, at=now())


def prepare(timestamp: int = 0) -> None:
    """Prepare what the pages show, in every workspace in which something changed."""
    from shinrai.knowledge.operations.staleness import prepare_knowledge

    for there in workspaces():
        prepare_knowledge(workspace=there, at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    for name, work, cron in ((MARK, mark, EVERY_MINUTE), (PREPARE, prepare, EACH_TEN_MINUTES)):
        task = found.task(name=name.partition(":")[2], lock=name, queueing_lock=name)(work)
        found.periodic(cron=cron)(task)
    return found
