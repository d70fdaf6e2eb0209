"""The tasks of the intake: read sources, handle what came, tell places outside."""

from collections.abc import Callable
from typing import Final

from procrastinate import Blueprint

from shinrai.cli.moments import now
from shinrai.intake.operations.polls import POLL, poll_connections, read_histories
from shinrai.intake.operations.receipts import HANDLE, forget_bodies, handle_waiting
from shinrai.intake.operations.threads import TELL, tell_threads

EACH_TEN_SECONDS: Final = "* * * * * */10"
EACH_HALF_MINUTE: Final = "* * * * * */30"
EACH_MINUTE: Final = "* * * * *"
NIGHTLY: Final = "41 3 * * *"


def handle(timestamp: int = 0) -> None:
    """Handle what came and waits."""
    handle_waiting(clock=now)


def tell(timestamp: int = 0) -> None:
    """Bring places outside up to the state of their cases."""
    tell_threads(clock=now)


def poll(timestamp: int = 0) -> None:
    """Read the sources that do not call us."""
    poll_connections(clock=now)


def read_history(timestamp: int = 0) -> None:
    """Import what changed in other desks."""
    read_histories(clock=now)


def forget(timestamp: int = 0) -> None:
    """Empty what ended 30 days ago."""
    forget_bodies(at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    works: tuple[tuple[Callable[..., None], str, str], ...] = (
        (handle, HANDLE, EACH_TEN_SECONDS),
        (tell, TELL, EACH_TEN_SECONDS),
        (poll, POLL, EACH_HALF_MINUTE),
        (read_history, "intake:read_history", EACH_MINUTE),
        (forget, "intake:forget", NIGHTLY),
    )
    for task, name, cron in works:
        job = found.task(name=name.partition(":")[2], lock=name, queueing_lock=name)(task)
        found.periodic(cron=cron)(job)
    return found
