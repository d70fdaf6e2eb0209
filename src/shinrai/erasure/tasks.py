"""The task of erasing: each night, words of cases that ended long ago."""

from typing import Final

from procrastinate import Blueprint, RetryStrategy

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.erasure.operations.retention import erase_old_words
from shinrai.importers.run.errors import RetryLater

NIGHTLY: Final = "37 2 * * *"
RETAIN: Final = "erasure:retain_words"


def retain_words(timestamp: int = 0) -> None:
    """Erase the words of cases that ended longer ago than their workspaces keep words.

    Where an import is under way a later try goes on, and does not keep the others waiting.
    """
    later: RetryLater | None = None
    for there in workspaces():
        try:
            erase_old_words(workspace=there, at=now())
        except RetryLater as error:
            later = error
    if later is not None:
        raise later


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    again = RetryStrategy(max_attempts=30, wait=600, retry_exceptions=[RetryLater])
    task = found.task(name="retain_words", lock=RETAIN, queueing_lock=RETAIN, retry=again)
    found.periodic(cron=NIGHTLY)(task(retain_words))
    return found
