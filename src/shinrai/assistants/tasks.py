"""The scheduled task of assistants: forget registrations and tokens that nobody uses."""

from procrastinate import Blueprint

from shinrai.assistants.operations import forget_unused
from shinrai.cli.moments import now

FORGET = "53 3 * * *"


def forget_assistants(timestamp: int = 0) -> None:
    """Delete tokens that expired, and programs that registered and were let in by nobody."""
    forget_unused(at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package, for the worker."""
    found = Blueprint()
    once = "assistants:forget_assistants"
    task = found.task(name="forget_assistants", lock=once, queueing_lock=once)(forget_assistants)
    found.periodic(cron=FORGET)(task)
    return found
