"""The status of an upload: asked for by a page, claimed by a worker, and what came of it.

Each change is one UPDATE of a row that is still as it was; who comes second changes nothing.
"""

import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from shinrai.importers.models import Upload
from shinrai.importers.upload.inbox import delete_folder, folder_of
from shinrai.postgres.queue import add_job
from shinrai.postgres.queue import has_workers as has_workers

TASK: Final = "importers:work_on_upload"
FRESH: Final = timedelta(minutes=10)  # an older trial is made anew: the ledger may have moved
PATIENCE_S: Final = 2.0  # whoever uploads a small sheet is given its result at once
LOOK_S: Final = 0.02

Status = Upload.Status
ASKED: Final = (Status.WAITING, Status.READING, Status.IMPORTING)  # a worker has something to do
ANSWERED: Final = (Status.READ, Status.REFUSED, Status.BROKEN)


def ask_worker(upload: Upload) -> None:
    """Put an upload into the queue; those of one workspace are worked on one after the other."""
    lock = f"importers:{upload.workspace_id}"
    add_job(TASK, lock=lock, once=upload.token, upload=upload.pk)


def ask_reading(upload: Upload, choices: Mapping[str, Any], *, at: datetime) -> bool:
    """Have an upload read again, with these choices; not while it is being read or imported."""
    return _ask(upload, ANSWERED, status=Status.WAITING, choices=dict(choices), asked_at=at)


def ask_import(upload: Upload, choices: Mapping[str, Any], *, at: datetime) -> bool:
    """Have an upload imported as it was read; a second request does nothing."""
    old = (Status.READ,)
    return _ask(upload, old, status=Status.IMPORTING, choices=dict(choices), asked_at=at)


def _ask(upload: Upload, old: tuple[Status, ...], **new: Any) -> bool:
    blank: dict[str, Any] = {"phase": "", "done": 0, "total": 0, "attempts": 0, "refusal": None}
    with transaction.atomic():
        rows = Upload.objects.filter(pk=upload.pk, status__in=old, is_final=False)
        if not rows.update(**blank, claim="", **new):
            return False
        ask_worker(upload)
    upload.refresh_from_db()
    return True


def is_stale(upload: Upload, at: datetime) -> bool:
    """Return whether a trial is so old that the ledger may say something else by now."""
    return upload.status in ANSWERED and not upload.is_final and at - upload.asked_at > FRESH


def wait_for_answer(upload: Upload, *, patience_s: float = PATIENCE_S) -> None:
    """Wait up to `patience_s` seconds for a worker to be done with an upload."""
    until = time.monotonic() + patience_s
    while upload.status in ASKED and time.monotonic() < until:
        time.sleep(LOOK_S)
        upload.refresh_from_db()


def discard(upload: Upload) -> None:
    """Delete an upload; a worker that holds it ends."""
    rows = Upload.objects.filter(pk=upload.pk).exclude(status=Status.IMPORTED)
    rows.update(status=Status.DISCARDED, claim="")
    delete_folder(upload)


# --- of a worker ----------------------------------------------------------------------------


def claim(upload_id: int) -> Upload | None:
    """Take an upload that something is asked of; None if there is nothing to do.

    One that another worker held is taken over: the queue gives away the jobs of the dead alone.
    """
    upload = Upload.objects.filter(pk=upload_id, status__in=ASKED).first()
    if upload is None or not folder_of(upload).is_dir():
        return None
    now = Status.IMPORTING if upload.status == Status.IMPORTING else Status.READING
    rows = Upload.objects.filter(pk=upload_id, status=upload.status, claim=upload.claim)
    mine = secrets.token_hex(8)
    if not rows.update(status=now, claim=mine, attempts=F("attempts") + 1, phase="begun"):
        return None
    upload.refresh_from_db()
    return upload


def is_held(upload: Upload) -> bool:
    """Return whether an upload is still this worker's, and its files are there."""
    return _held(upload).exists() and folder_of(upload).is_dir()


def note(upload: Upload, phase: str, done: int, total: int) -> None:
    """Store the progress of an upload; `batch` is the import that was begun for it."""
    if phase == "batch":
        _held(upload).update(batch_id=done)
    else:
        _held(upload).update(phase=phase, done=done, total=total)


def give_back(upload: Upload) -> None:
    """Return an upload, to be worked on later: somebody else imports."""
    before = Status.IMPORTING if upload.status == Status.IMPORTING else Status.WAITING
    _held(upload).update(status=before, claim="", phase="waiting", attempts=F("attempts") - 1)


def finish(upload: Upload, status: Status, **more: Any) -> bool:
    """Store what came of an upload; nothing is stored if it is no longer this worker's."""
    return bool(_held(upload).update(status=status, claim="", **more))


def _held(upload: Upload) -> Any:
    return Upload.objects.filter(pk=upload.pk, claim=upload.claim, status=upload.status)
