"""Jobs of an upload, for a worker: try the files, or import them.

A job, its status and its result are files beside the uploaded ones: a trial writes nothing into the
database, and what it says of rows set aside must not outlive the rows. The queue holds who asked
for what, and when.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from shinrai.importers.mapping_files import shipped_names
from shinrai.importers.rules.mapping.node import BadMapping, one_line
from shinrai.importers.upload.inbox import Draft
from shinrai.postgres.queue import add_job
from shinrai.postgres.queue import has_workers as has_workers
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.text import Text

TASK = "importers:do_errand"
FRESH = timedelta(minutes=10)  # a trial older than that is made anew: the ledger may have moved
LONGEST = 200
OWN = "own"  # a mapping that was uploaded with the files

Kind = Literal["trial", "import"]


@dataclass(frozen=True)
class UploadJob:
    """One thing asked: try the files of an upload, or bring them in, read with this mapping."""

    kind: Kind
    token: str
    workspace_id: int
    mapping: str
    zone: str
    by: str
    at_us: int
    ours: str = ""  # of mail: which addresses are the desk's own

    @property
    def at(self) -> datetime:
        """Return the moment it was asked."""
        return from_us(self.at_us)

    @property
    def once(self) -> str:
        """Name it for the queue: one of its kind waits at a time."""
        return f"{self.token}:{job_name(self)}"


def read_job(asked: Mapping[str, Any]) -> UploadJob:
    """Read a job from the queue."""
    return msgspec.convert(dict(asked), UploadJob)


def put_job(job: UploadJob, draft: Draft) -> None:
    """Ask for a job, and note it beside the files; what came of an earlier one is forgotten.

    Uploads of one workspace are done one after the other, as they result.
    """
    for ending in ("result", "attempts"):
        (draft.folder / f"{job_name(job)}.{ending}").unlink(missing_ok=True)
    lock = f"importers:{job.workspace_id}"
    add_job(TASK, lock=lock, once=job.once, **asdict(job))
    replace_file(draft.folder / f"{job_name(job)}.request", json.dumps(asdict(job)).encode())


def requested_import(draft: Draft) -> UploadJob | None:
    """Find the import that was asked for, if somebody confirmed the trial."""
    return _read(draft.folder / "import.request")


def earlier_job(job: UploadJob, draft: Draft) -> UploadJob | None:
    """Find a job of the same kind and choices that was asked before."""
    return _read(draft.folder / f"{job_name(job)}.request")


def forget_import(draft: Draft) -> None:
    """Forget that an import was asked, and what came of it, so that it can be asked again."""
    for ending in ("request", "result", "status", "attempts"):
        (draft.folder / f"import.{ending}").unlink(missing_ok=True)


def new_job(
    kind: Kind, draft: Draft, *, mapping: str, zone: str, at: datetime, by: str, ours: str = ""
) -> UploadJob:
    """Make a job for an upload."""
    token, workspace_id = draft.token, draft.workspace_id
    mapping, zone, ours = map(_clean, (mapping, zone, ours))
    return UploadJob(kind, token, workspace_id, mapping, zone, by, epoch_us(at), ours)


def _clean(text: str) -> str:
    """Make what somebody typed fit for the queue: PostgreSQL's JSON holds no NUL."""
    return text[:LONGEST].replace("\x00", "\ufffd")


def check_name(name: str) -> None:
    """Let pass what a page may say of a mapping: nothing, a shipped one's name, or `own`.

    Raises: BadMapping.
    """
    if name and name != OWN and name not in shipped_names():
        raise BadMapping(
            Text(
                "no mapping is called {one_line!r}; choose one of the list, or hand in your own",
                one_line=one_line(name),
            ),
        )


def job_name(job: UploadJob) -> str:
    """Name the files of a job; a trial has its own for every mapping and zone."""
    if job.kind == "import":
        return "import"
    chosen = json.dumps([job.mapping, job.zone, job.ours]).encode()
    return f"trial-{hashlib.blake2b(chosen, digest_size=12).hexdigest()}"


def _read(path: Path) -> UploadJob | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=UploadJob)
    except (OSError, msgspec.DecodeError):
        return None


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all; not at all where its folder is gone."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        scratch.replace(path)
    except FileNotFoundError:
        return
