"""The periodic task of work: it deletes presence that nobody confirmed."""

from procrastinate import Blueprint

from shinrai.cli.moments import now
from shinrai.workload.operations import presence

FORGET = "29 * * * *"


def forget_presence(timestamp: int = 0) -> None:
    """Delete presence that nobody confirmed within a week."""
    presence.forget_presence(at=now())


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    once = "workload:forget_presence"
    task = found.task(name="forget_presence", lock=once, queueing_lock=once)(forget_presence)
    found.periodic(cron=FORGET)(task)
    return found
