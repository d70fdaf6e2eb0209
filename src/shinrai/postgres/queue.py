"""Work to be done beside a request: put into the queue here, done by a worker (`site.worker`).

Procrastinate keeps the queue in tables of the same PostgreSQL, and here it writes through Django's
own connection: a job put in inside a transaction is there once that transaction is committed, and
never if it is rolled back.
"""

from typing import Any

from django.db import connection, transaction

HEARTBEAT_S = 5.0
REFRESH = "objectives:catch_up"  # the task of a package above that brings everything up to date
STALLED_S = 20.0  # at least three heartbeats, or healthy jobs would be run twice


def add_job(task: str, *, lock: str, once: str, **arguments: Any) -> bool:
    """Put a job into the queue, unless the same one waits there already; say whether it was put.

    `task` is named package:operation. Jobs of one `lock` run one after the other, in their
    order; of jobs with the same `once` only one waits at a time.
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
    """Have a worker bring published tables and counts up to date, once what was written stands.

    However many ask meanwhile, it is done once.
    """
    add_job(REFRESH, lock=REFRESH, once=REFRESH)


def has_workers() -> bool:
    """Say whether some worker has given a sign of life lately."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s))",
            [STALLED_S],
        )
        [found] = cursor.fetchone()
    return bool(found)
