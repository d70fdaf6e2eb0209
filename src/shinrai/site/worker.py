"""The worker: runs the jobs in the queue and the scheduled ones, in its own process.

Several workers may run; each job goes to one of them. A killed worker leaves its jobs marked as
running, so every worker looks for such jobs and requeues them. If a worker was only suspended, a
job may run twice: jobs must therefore have the same effect however often they run.
"""

import asyncio
import contextlib
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable

from procrastinate.contrib.django import connector_params
from procrastinate.exceptions import ConnectorException
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

from shinrai.importers.child_process import preload
from shinrai.postgres.queue import HEARTBEAT_S, STALLED_S
from shinrai.site.job_schedule import (
    delete_old_failures,
    is_job_due,
    job_app,
    requeue_stalled_jobs,
)

AT_ONCE = 2  # a long import must not keep small ones, or the closing of a window, waiting
CONNECTIONS = 3  # of the queue itself; every job has one of Django's besides
RECOVERY_S = 5.0
FORGET_S = 3600.0
PARENT_S = 0.5
GRACE_S = 5.0  # what a job may take to end once we are asked to; one cut off is done again
AGAIN_S = 2.0
LOOK_S = 0.2

log = logging.getLogger("shinrai.worker")


def work(*, parent: int | None = None, once: bool = False) -> None:
    """Run jobs until asked to stop or the parent process is gone; with `once`, until none is due.

    After an error, such as a restart of PostgreSQL, it starts again 2 seconds later.
    """
    preload()
    stopping = threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
    while not stopping.is_set():
        try:
            asyncio.run(_round(stopping, parent=parent, once=once))
        except Exception as error:
            if once:
                raise
            log.warning("the worker begins anew after: %s", type(error).__name__)
        if once and not is_job_due():
            return
        stopping.wait(LOOK_S if once else AGAIN_S)


async def _round(stopping: threading.Event, *, parent: int | None, once: bool) -> None:
    app = job_app(PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=CONNECTIONS))
    async with app.open_async():
        worker = Worker(
            app,
            concurrency=AT_ONCE,
            wait=not once,
            delete_jobs="successful",
            install_signal_handlers=False,
            update_heartbeat_interval=HEARTBEAT_S,
            stalled_worker_timeout=STALLED_S,
            task_middleware=app.worker_defaults["task_middleware"],
        )
        await requeue_stalled_jobs(app)
        beside = [
            asyncio.create_task(_every(RECOVERY_S, lambda: requeue_stalled_jobs(app))),
            asyncio.create_task(_every(FORGET_S, lambda: delete_old_failures(app))),
            asyncio.create_task(_stop_when_asked(worker, stopping, parent)),
        ]
        try:
            await worker.run()  # type: ignore[no-untyped-call]
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def _every(seconds: float, deed: Callable[[], Awaitable[object]]) -> None:
    while True:
        await asyncio.sleep(seconds)
        with contextlib.suppress(ConnectorException):  # the worker itself will notice, and end
            await deed()


async def _stop_when_asked(worker: Worker, stopping: threading.Event, parent: int | None) -> None:
    """Stop the worker on a signal or when the parent is gone; running jobs get 5 seconds to end."""
    while not stopping.is_set():
        if parent is not None and os.getppid() != parent:
            stopping.set()
            break
        await asyncio.sleep(PARENT_S)
    worker.stop()  # type: ignore[no-untyped-call]
    # A job runs in a thread, which nobody can stop from outside; the kernel can. It is done again.
    leave = threading.Timer(GRACE_S, os._exit, args=[0])
    leave.daemon = True
    leave.start()
