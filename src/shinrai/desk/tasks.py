"""The periodic task of the desk: it indexes the titles of new cases for the search."""

from procrastinate import Blueprint

from shinrai.desk.operations.titles import index_changed_titles

EACH_MINUTE = "* * * * *"


def index_titles(timestamp: int = 0) -> None:
    """Index the titles of the cases that changed since the last run."""
    index_changed_titles()


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    once = "desk:index_titles"
    task = found.task(name="index_titles", lock=once, queueing_lock=once)(index_titles)
    found.periodic(cron=EACH_MINUTE)(task)
    return found
