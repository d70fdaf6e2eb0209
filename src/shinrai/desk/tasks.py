"""The periodic tasks of the desk: what imports changed reaches the queue and the search."""

from procrastinate import Blueprint

from shinrai.desk.operations.open_cases import follow_open_cases
from shinrai.desk.operations.titles import index_changed_titles

EACH_MINUTE = "* * * * *"


def index_titles(timestamp: int = 0) -> None:
    """Index the titles of the cases that changed since the last run."""
    index_changed_titles()


def follow_cases(timestamp: int = 0) -> None:
    """Write the rows of the open cases that changed since the last run."""
    follow_open_cases()


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    for run in (follow_cases, index_titles):
        once = f"desk:{run.__name__}"
        task = found.task(name=run.__name__, lock=once, queueing_lock=once)(run)
        found.periodic(cron=EACH_MINUTE)(task)
    return found
