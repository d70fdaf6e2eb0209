"""Put jobs into the queue, from which a worker (`site.worker`) takes them.

Procrastinate keeps the queue in tables of the same PostgreSQL, and this module writes through
Django's own connection: a job added inside a transaction exists once that transaction is committed,
and never if it is rolled back.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction

HEARTBEAT_S = 5.0
REFRESH = "objectives:catch_up"  # the task of a package above that brings everything up to date
STALLED_S = 20.0  # at least three heartbeats, or healthy jobs would be run twice


def add_job(task: str, *, lock: str, once: str, **arguments: Any) -> bool:
    """Add a job to the queue unless the same one is waiting; return whether it was added.

    `task` is named package:operation. Jobs with the same `lock` run one after the other, in order;
    of jobs with the same `once`, only one waits at a time.
    """
    # Imported here: it takes a sixth of a second, and most commands put nothing into the queue.
    from procrastinate.contrib.django.django_connector import DjangoConnector
    from procrastinate.exceptions import AlreadyEnqueued
    from procrastinate.manager import JobManager
    from procrastinate.tasks import configure_task

    manager = JobManager(DjangoConnector())
    deferrer = configure_task(
        name=task, job_manager=manager, lock=lock, queueing_lock=once, queue="default"
    )
    try:
        with transaction.atomic():  # one that waits already must not spoil the caller's transaction
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def request_refresh() -> None:
    """Ask a worker to update published tables and counts once the transaction is committed.

    Several requests made before the job starts lead to one update.
    """
    add_job(REFRESH, lock=REFRESH, once=REFRESH)


def is_waiting(task: str) -> bool:
    """Return whether a job of this task waits or is being done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs"
            " WHERE task_name = %s AND status IN ('todo', 'doing'))",
            [task],
        )
        [found] = cursor.fetchone()
    return bool(found)


def failed_at(task: str) -> datetime | None:
    """Return when a job of this task failed last, in the month that failures are kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT max(events.at) FROM procrastinate_events AS events"
            " JOIN procrastinate_jobs AS jobs ON jobs.id = events.job_id"
            " WHERE jobs.task_name = %s AND events.type = 'failed'",
            [task],
        )
        [found] = cursor.fetchone()
    return found if found is None else found.astimezone(UTC)


def has_workers() -> bool:
    """Return whether any worker has sent a heartbeat in the last 20 seconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [STALLED_S],
        )
        [found] = cursor.fetchone()
    return bool(found)


@dataclass(frozen=True)
class QueueState:
    """Since when no worker has shown life, None if there is none; jobs due, running and failed."""

    heartbeat_s: float | None
    jobs: Mapping[str, int]


def queue_state() -> QueueState:
    """Return how the worker and its queue stand."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM now() - max(last_heartbeat)) FROM procrastinate_workers"
        )
        [beat] = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FILTER (WHERE status = 'todo'"
            " AND (scheduled_at IS NULL OR scheduled_at <= now())),"
            " count(*) FILTER (WHERE status = 'doing'), count(*) FILTER (WHERE status = 'failed')"
            " FROM procrastinate_jobs"
        )
        counts = cursor.fetchone()
    jobs = dict(zip(("waiting", "running", "failed"), counts, strict=True))
    return QueueState(None if beat is None else max(0.0, float(beat)), jobs)
