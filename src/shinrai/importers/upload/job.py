"""Jobs of an upload, for a worker: try the files, or import them.

A job, its status and its result are files next to the uploaded ones: a trial writes nothing to the
database, and its report about rejected rows must be deleted with the rows. The queue holds who
asked for what, and when.
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
    """A job for a worker: try or import the files of an upload, with this mapping and zone."""

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
        """The moment the job was requested."""
        return from_us(self.at_us)

    @property
    def once(self) -> str:
        """The name of the job in the queue, in which only one job of a name can wait."""
        return f"{self.token}:{job_name(self)}"


def read_job(asked: Mapping[str, Any]) -> UploadJob:
    """Return the job that the queue's arguments describe."""
    return msgspec.convert(dict(asked), UploadJob)


def put_job(job: UploadJob, draft: Draft) -> None:
    """Put a job into the queue and store it with the files; delete the result of an earlier one.

    The uploads of one workspace are processed one after the other.
    """
    for ending in ("result", "attempts"):
        (draft.folder / f"{job_name(job)}.{ending}").unlink(missing_ok=True)
    lock = f"importers:{job.workspace_id}"
    add_job(TASK, lock=lock, once=job.once, **asdict(job))
    replace_file(draft.folder / f"{job_name(job)}.request", json.dumps(asdict(job)).encode())


def requested_import(draft: Draft) -> UploadJob | None:
    """Return the import job of an upload, or None if none was requested."""
    return _read(draft.folder / "import.request")


def earlier_job(job: UploadJob, draft: Draft) -> UploadJob | None:
    """Return the earlier job of the same kind and choices, or None."""
    return _read(draft.folder / f"{job_name(job)}.request")


def forget_import(draft: Draft) -> None:
    """Delete the import job and its result, so that the import can be requested again."""
    for ending in ("request", "result", "status", "attempts"):
        (draft.folder / f"import.{ending}").unlink(missing_ok=True)


def new_job(
    kind: Kind, draft: Draft, *, mapping: str, zone: str, at: datetime, by: str, ours: str = ""
) -> UploadJob:
    """Return a new job for an upload."""
    token, workspace_id = draft.token, draft.workspace_id
    mapping, zone, ours = map(_clean, (mapping, zone, ours))
    return UploadJob(kind, token, workspace_id, mapping, zone, by, epoch_us(at), ours)


def _clean(text: str) -> str:
    """Shorten typed text and replace NUL, which PostgreSQL's JSON cannot hold."""
    return text[:LONGEST].replace("\x00", "\ufffd")


def check_name(name: str) -> None:
    """Check the name of a mapping from a page: empty, `own`, or the name of a shipped one.

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
    """Return the base name of a job's files; each choice of mapping and zone has its own trial."""
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
    """Write a small file completely or not at all; do nothing if its folder was deleted."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        scratch.replace(path)
    except FileNotFoundError:
        return
