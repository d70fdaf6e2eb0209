"""The tasks of delivery: send what is due each minute, and empty old messages each night."""

from datetime import UTC, datetime
from typing import Final

from procrastinate import Blueprint

from shinrai.delivery.outbox import SEND, forget_contents

EVERY_MINUTE: Final = "* * * * *"
NIGHTLY: Final = "17 3 * * *"


def send(timestamp: int = 0) -> None:
    """Send the messages that are due."""
    from shinrai.delivery.sender import send_due  # httpx: only a worker sends

    send_due(clock=_now)


def forget(timestamp: int = 0) -> None:
    """Empty the messages that ended 30 days ago."""
    forget_contents(at=_now())


def _now() -> datetime:
    return datetime.now(UTC)


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    for task, name, cron in ((send, SEND, EVERY_MINUTE), (forget, "delivery:forget", NIGHTLY)):
        job = found.task(name=name.partition(":")[2], lock=name, queueing_lock=name)(task)
        found.periodic(cron=cron)(job)
    return found
