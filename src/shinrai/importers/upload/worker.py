"""What a worker does for an upload: try or import it, and store its progress and its result.

Files are read in a child process with limits of memory and time; the worker never opens them.
"""

import logging
import time
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from shinrai.accounts.queries import WorkspaceRecord, workspaces
from shinrai.importers.child_process import (
    Cancelled,
    LimitReached,
    limits_for,
    run_in_child,
)
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_root
from shinrai.importers.operations import import_files
from shinrai.importers.queries import imports
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.lock import import_lock
from shinrai.importers.run.progress import Progress
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.undo import give_up_import
from shinrai.importers.upload.inbox import Draft, Inbox, NoSuchDraft
from shinrai.importers.upload.job import UploadJob
from shinrai.importers.upload.result import UploadResult, result_of, save_result
from shinrai.importers.upload.source_choice import ReadableUpload, readable_upload
from shinrai.importers.upload.status import (
    UploadStatus,
    count_attempt,
    forget_attempts,
    save_status,
)
from shinrai.importers.upload.trial import (
    REFUSALS,
    refusal_words,
    try_files,
)
from shinrai.postgres.queue import add_job
from shinrai.units.text import Text, in_both_languages

if TYPE_CHECKING:
    from shinrai.warehouse.store import Warehouse

NOTE_EVERY_S = 0.3
SHOWN = frozenset({"observed", "derived", "completing"})
REPORTS = "reports:prepare_usual"  # the task that prepares what a page of reports shows first
MOST_TRIES = 12  # while somebody else imports
MOST_LOST = 2  # workers that ended over a job: one may have been restarted, two were not
STOPPED_TWICE = Text(
    "These files stopped the import twice: the worker that read them was ended "
    "each time. They are not tried again. Check that they are the files you "
    "mean, export them again, or split them, and upload that."
)

log = logging.getLogger("shinrai.importers")


def run_job(
    job: UploadJob, *, inbox: Inbox, warehouse: "Warehouse", at: datetime, tries: int = 0
) -> None:
    """Run a job of an upload, unless it is already done or the upload was deleted.

    It may run twice, even at the same time: the job of a killed worker is given to another, and a
    sleeping worker may wake up. The lock of the source lets one run at a time, and an import that
    is complete in the database is not repeated. `tries` is how often the job was started before.

    Raises: RetryLater, to be tried again; after the last try it becomes a refusal.
    """
    try:
        draft = inbox.draft(job.token, workspace_id=job.workspace_id, by=job.by, at=job.at)
    except NoSuchDraft:
        return
    if result_of(job, draft) is not None:
        return
    if count_attempt(job, draft.folder) > MOST_LOST:
        save_result(
            job,
            draft.folder,
            UploadResult(at, refusal=in_both_languages(STOPPED_TWICE), is_final=True),
        )
        return
    save_status(job, draft.folder, UploadStatus("begun"))
    try:
        result = _run_in_child(job, draft, at)
    except Cancelled:
        _give_up_deleted(job, draft, at)
        return
    except REFUSALS as error:
        if isinstance(error, RetryLater) and tries < MOST_TRIES:
            forget_attempts(job, draft.folder)
            save_status(job, draft.folder, UploadStatus("waiting"))
            raise
        is_final = isinstance(error, LimitReached)
        result = UploadResult(at, refusal=refusal_words(error, draft), is_final=is_final)
    except Exception:
        save_result(job, draft.folder, UploadResult(at))
        raise
    if result.batch is not None:
        _publish(warehouse, at)
        inbox.delete_files(draft)
    save_result(job, draft.folder, result)


def _run_in_child(job: UploadJob, draft: Draft, at: datetime) -> UploadResult:
    """Run a job in a child process, ended at its limits or when the upload is deleted."""
    try:
        return run_in_child(
            _run,
            job,
            draft,
            at,
            limits=limits_for(draft.paths),
            names=draft.names,
            is_wanted=draft.folder.is_dir,
        )
    except LimitReached:
        sweep_work_folders(work_root())
        batch = _completed_import(job) if job.kind == "import" else None
        if batch is not None:  # it was in by then
            return UploadResult(at, batch=batch)
        raise


def _give_up_deleted(job: UploadJob, draft: Draft, at: datetime) -> None:
    """Give up the unfinished import of a deleted upload."""
    sweep_work_folders(work_root())
    for record in imports(workspace_id=job.workspace_id) if job.kind == "import" else ():
        is_ours = record.by == job.by and record.names == draft.names
        if record.state == "unfinished" and is_ours and record.started_at == job.at:
            give_up_import(batch_id=record.id, at=at)


def _run(job: UploadJob, draft: Draft, at: datetime) -> UploadResult:
    workspace = next(one for one in workspaces() if one.id == job.workspace_id)
    if job.kind == "import":
        return _import(job, draft, workspace, at)
    with _readable(job, draft, workspace) as upload:
        trial = try_files(workspace.id, _request(job, draft, upload))
    return UploadResult(at, report=trial.report, set_aside=trial.set_aside)


def _import(job: UploadJob, draft: Draft, workspace: WorkspaceRecord, at: datetime) -> UploadResult:
    with (
        _readable(job, draft, workspace) as upload,
        import_lock(workspace.id, upload.mapping.source),
    ):
        batch = _completed_import(job)
        if batch is not None:
            return UploadResult(at, batch=batch)
        report = import_files(workspace_id=workspace.id, request=_request(job, draft, upload))
    return UploadResult(at, batch=report.batch, became_real=report.became_real)


def _readable(
    job: UploadJob, draft: Draft, workspace: WorkspaceRecord
) -> AbstractContextManager[ReadableUpload]:
    return readable_upload(draft, mapping=job.mapping, ours=job.ours, workspace=workspace)


def _request(job: UploadJob, draft: Draft, upload: ReadableUpload) -> ImportRequest:
    return ImportRequest(
        paths=tuple(upload.paths),
        at=job.at,
        by=job.by,
        mapping=upload.mapping,
        zone=job.zone or None,
        progress=_status_writer(job, draft.folder),
        given=upload.given,
        originals=tuple(upload.originals),
    )


def _completed_import(job: UploadJob) -> int | None:
    """Return the id of the import that this job completed, or None.

    The completion time of that import is the job's own time. It is written in the transaction from
    which the import counts, so it is found exactly if the import counts.
    """
    found = imports(workspace_id=job.workspace_id)
    return next((record.id for record in found if record.completed_at == job.at), None)


def _publish(warehouse: "Warehouse", at: datetime) -> None:
    """Publish what the import changed; if that fails, a scheduled task does it later."""
    # slow to load, and begins threads: for the worker alone, not for the children that read
    from shinrai.objectives.operations.catching_up import catch_up

    try:
        catch_up(warehouse=warehouse, at=at)
        add_job(REPORTS, lock=REPORTS, once=REPORTS)
    except Exception:
        log.exception("an import is in, but what follows from it is not published yet")


def _status_writer(job: UploadJob, folder: Path) -> Progress:
    """Return a function that stores the importer's progress, at most every 0.3 seconds."""
    last = ("", 0.0)

    def note(phase: str, done: int, total: int) -> None:
        nonlocal last
        moment = time.monotonic()
        if phase in SHOWN and (phase != last[0] or moment - last[1] >= NOTE_EVERY_S):
            last = (phase, moment)
            save_status(job, folder, UploadStatus(phase, done, total))

    return note
