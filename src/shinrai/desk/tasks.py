"""The periodic tasks of the desk: open cases and words are followed, and people told."""

import logging

from django.conf import settings
from procrastinate import Blueprint

from shinrai.accounts.queries import workspaces
from shinrai.cli.moments import now
from shinrai.desk.operations.notices import tell_of_clocks, tell_of_objectives
from shinrai.desk.operations.open_cases import follow_open_cases
from shinrai.desk.operations.search_index import index_changed_words
from shinrai.warehouse.store import Warehouse

EACH_MINUTE = "* * * * *"
EACH_FIVE_MINUTES = "2-59/5 * * * *"
EACH_NIGHT = "41 18 * * *"  # in Japan it is 3:41
AFTER_ALARMS = "3-59/5 * * * *"  # which are computed at :00, :05, …
log = logging.getLogger("shinrai.desk")


def index_words(timestamp: int = 0) -> None:
    """Index the words of the cases that changed since the last run."""
    index_changed_words()


def tell_clocks(timestamp: int = 0) -> None:
    """Tell of the clocks at risk and overdue of every workspace.

    A workspace that fails is tried again in a minute, and does not keep the others waiting.
    """
    for there in workspaces():
        try:
            tell_of_clocks(workspace=there, at=now())
        except Exception:
            log.exception("the notices of %s cannot be made", there.slug)


def tell_objectives(timestamp: int = 0) -> None:
    """Tell of the alarms and levels of the objectives of every workspace."""
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    for there in workspaces():
        try:
            tell_of_objectives(workspace=there, at=now(), warehouse=warehouse)
        except Exception:
            log.exception("the alarms of %s cannot be told", there.slug)


def follow_cases(timestamp: int = 0) -> None:
    """Write the rows of the open cases that changed since the last run."""
    follow_open_cases()


def train_topic_models(timestamp: int = 0) -> None:
    """Train the text models anew: what was erased since yesterday is in none of them."""
    from shinrai.desk.operations.topic_training import train_topics
    from shinrai.topics.rules.text_model import BadExamples

    for there in workspaces():
        try:
            train_topics(workspace=there, at=now(), by="worker")
        except BadExamples:
            log.info("nothing is labelled in %s to learn from", there.slug)


def suggest_open_topics(timestamp: int = 0) -> None:
    """Suggest topics for open inquiries that have none."""
    from shinrai.desk.operations.topic_training import suggest_topics

    for there in workspaces():
        suggest_topics(workspace=there, at=now())


def follow_tell_backs(timestamp: int = 0) -> None:
    """Record as told whose message about a fix has left, and find who was silently affected."""
    from shinrai.desk.operations.silent_affected import find_silent
    from shinrai.desk.operations.tell_back import follow_tell_backs as follow

    follow(at=now())
    find_silent(at=now())


def tasks() -> Blueprint:
    """Register the tasks of this package."""
    found = Blueprint()
    for work, cron in (
        (follow_cases, EACH_MINUTE),
        (index_words, EACH_MINUTE),
        (tell_clocks, EACH_MINUTE),
        (tell_objectives, AFTER_ALARMS),
        (train_topic_models, EACH_NIGHT),
        (suggest_open_topics, EACH_FIVE_MINUTES),
        (follow_tell_backs, EACH_MINUTE),
    ):
        once = f"desk:{work.__name__}"
        task = found.task(name=work.__name__, lock=once, queueing_lock=once)(work)
        found.periodic(cron=cron)(task)
    return found
