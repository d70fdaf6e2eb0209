"""The timed work of the family: say what there is to say, and follow what became of it."""

import logging

from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.family.operations.notices import (
    follow_messages,
    look_at_guardians,
    schedule_new_guardians,
)

EACH_MINUTE = "* * * * *"
log = logging.getLogger("shinrai.family")


def tell_guardians(timestamp: int = 0) -> None:
    """Look what there is to say to the guardians who are due, workspace by workspace."""
    for there in workspaces():
        try:
            schedule_new_guardians(workspace=there, at=now())
            look_at_guardians(workspace=there, at=now())
        except Exception:
            log.exception("the guardians of %s cannot be told", there.slug)


def follow_notices(timestamp: int = 0) -> None:
    """Record what became of the messages to guardians."""
    for there in workspaces():
        try:
            follow_messages(workspace=there, at=now())
        except Exception:
            log.exception("the messages to guardians of %s cannot be followed", there.slug)


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    for work in (tell_guardians, follow_notices):
        once = f"family:{work.__name__}"
        task = found.task(name=work.__name__, lock=once, queueing_lock=once)(work)
        found.periodic(cron=EACH_MINUTE)(task)
    return found
