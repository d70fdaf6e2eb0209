"""The tasks of a worker for imports: uploads, and deleting what is old."""

from django.conf import settings
from procrastinate import Blueprint, JobContext, RetryStrategy

from shinrai.cli.moments import now
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_root
from shinrai.importers.pull.spool import spool_root, sweep_spools
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.quarantine import forget_set_aside
from shinrai.importers.upload import worker
from shinrai.importers.upload.inbox import sweep
from shinrai.importers.upload.status import TASK
from shinrai.warehouse.store import Warehouse

SWEEP, FORGET = "17 * * * *", "43 * * * *"  # hourly, apart from each other and full hours
AGAIN_S = 5  # somebody imports by command, or a killed worker's lock is not free yet: for a minute


def work_on_upload(context: JobContext, /, upload: int) -> None:
    """Read an upload, or import it; its row says what came of it."""
    worker.work_on_upload(
        upload,
        warehouse=Warehouse(settings.SHINRAI_WAREHOUSE),
        at=now(),
        tries=context.job.attempts,
    )


def sweep_inbox(timestamp: int = 0) -> None:
    """Delete uploads and pulled pages not imported within a week, and what killed imports left."""
    at = now()
    sweep(at)
    sweep_spools(spool_root(), at)
    sweep_work_folders(work_root())


def forget_old_rows(timestamp: int = 0) -> None:
    """Delete rows that were quarantined 90 days ago."""
    forget_set_aside(at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    again = RetryStrategy(
        max_attempts=worker.MOST_TRIES, wait=AGAIN_S, retry_exceptions=[RetryLater]
    )
    found.task(name=TASK.partition(":")[2], pass_context=True, retry=again)(work_on_upload)
    for name, deed, cron in (
        ("sweep_inbox", sweep_inbox, SWEEP),
        ("forget_set_aside", forget_old_rows, FORGET),
    ):
        once = f"importers:{name}"
        task = found.task(name=name, lock=once, queueing_lock=once)(deed)
        found.periodic(cron=cron)(task)
    return found
