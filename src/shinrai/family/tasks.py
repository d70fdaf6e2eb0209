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
from shinrai.family.operations.study import prepare_studies

EACH_MINUTE = "* * * * *"
EACH_QUARTER_MINUTE = "* * * * * */15"
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


def prepare(timestamp: int = 0) -> None:
    """Prepare what usage says of linked learners, so that the page of a child is quick."""
    for there in workspaces():
        try:
            prepare_studies(workspace=there, at=now())
        except Exception:
            log.exception("the study of linked learners of %s cannot be prepared", there.slug)


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    timed = (
        (tell_guardians, EACH_MINUTE),
        (follow_notices, EACH_MINUTE),
        (prepare, EACH_QUARTER_MINUTE),
    )
    for work, cron in timed:
        once = f"family:{work.__name__}"
        task = found.task(name=work.__name__, lock=once, queueing_lock=once)(work)
        found.periodic(cron=cron)(task)
    return found
