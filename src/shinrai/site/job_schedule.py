"""Which jobs exist, when they are scheduled, and what happens to abandoned or failed ones.

A package's `tasks.py` contains plain functions, and `tasks()`, which registers them for a worker.
Jobs are named package:operation. Those with a cron expression (in UTC) are put into the queue by
one of the workers.
"""

import contextlib
from importlib import import_module

from django.conf import settings
from django.db import connection
from procrastinate import Blueprint
from procrastinate.app import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import DjangoApp
from procrastinate.exceptions import ConnectorException

from shinrai.postgres.queue import STALLED_S

KEEP_FAILED_H = 24 * 30


def job_app(connector: BaseConnector) -> App:
    """Return the Procrastinate app that a worker runs, with the tasks of all packages."""
    app = DjangoApp(connector=connector)
    for package in packages_with_tasks():
        app.add_tasks_from(_tasks_of(package), namespace=package)
    return app


def packages_with_tasks() -> tuple[str, ...]:
    """Return the packages that have a `tasks.py`, in the order of `settings.LAYERS`."""
    return tuple(
        package
        for package in (*settings.LAYERS, "site")
        if (settings.PACKAGE / package / "tasks.py").exists()
    )


def _tasks_of(package: str) -> Blueprint:
    found: Blueprint = import_module(f"shinrai.{package}.tasks").tasks()
    return found


def is_job_due() -> bool:
    """Return whether any job is waiting in the queue whose time has come."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM procrastinate_jobs"
            " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()))"
        )
        [found] = cursor.fetchone()
    return bool(found)


async def requeue_stalled_jobs(app: App, *, after_s: float = STALLED_S) -> int:
    """Put the jobs of workers without a recent heartbeat back into the queue; return how many."""
    count = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=after_s):
        # the same job may wait already, or its worker finish it at this moment: then it stays
        with contextlib.suppress(ConnectorException):
            await app.job_manager.retry_job(job)
            count += 1
    return count


async def delete_old_failures(app: App) -> None:
    """Delete the records of jobs that failed or were cancelled more than 30 days ago."""
    await app.job_manager.delete_old_jobs(
        nb_hours=KEEP_FAILED_H, include_failed=True, include_cancelled=True, include_aborted=True
    )
