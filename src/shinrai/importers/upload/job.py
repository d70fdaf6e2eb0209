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

from shinrai.books.queue import has_workers as has_workers
from shinrai.books.queue import put_in_queue
from shinrai.importers.upload.inbox import Draft
from shinrai.units.moments import epoch_us, from_us

TASK = "importers:do_errand"
FRESH = timedelta(minutes=10)  # a trial older than that is made anew: the ledger may have moved
LONGEST = 200

Kind = Literal["trial", "import"]


@dataclass(frozen=True)
class Errand:
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
        """Give the moment it was asked."""
        return from_us(self.at_us)

    @property
    def once(self) -> str:
        """Name it for the queue: one of its kind waits at a time."""
        return f"{self.token}:{job_name(self)}"


def errand_of(asked: Mapping[str, Any]) -> Errand:
    """Read an errand from the queue."""
    return msgspec.convert(dict(asked), Errand)


def put_errand(errand: Errand, draft: Draft) -> None:
    """Ask for an errand, and note it beside the files; what came of an earlier one is forgotten.

    Uploads of one workspace are done one after the other, as they came.
    """
    for ending in ("came", "begun"):
        (draft.folder / f"{job_name(errand)}.{ending}").unlink(missing_ok=True)
    lock = f"importers:{errand.workspace_id}"
    put_in_queue(TASK, lock=lock, once=errand.once, **asdict(errand))
    replace_file(draft.folder / f"{job_name(errand)}.asked", json.dumps(asdict(errand)).encode())


def asked_import(draft: Draft) -> Errand | None:
    """Find the import that was asked for, if somebody confirmed the trial."""
    return _asked(draft.folder / "import.asked")


def asked_before(errand: Errand, draft: Draft) -> Errand | None:
    """Find an errand of the same kind and choices that was asked before."""
    return _asked(draft.folder / f"{job_name(errand)}.asked")


def forget_import(draft: Draft) -> None:
    """Forget that an import was asked, and what came of it, so that it can be asked again."""
    for ending in ("asked", "came", "way", "begun"):
        (draft.folder / f"import.{ending}").unlink(missing_ok=True)


def new_errand(
    kind: Kind, draft: Draft, *, mapping: str, zone: str, at: datetime, by: str, ours: str = ""
) -> Errand:
    """Make an errand for an upload."""
    token, workspace_id = draft.token, draft.workspace_id
    mapping, zone, ours = map(_typed, (mapping, zone, ours))
    return Errand(kind, token, workspace_id, mapping, zone, by, epoch_us(at), ours)


def _typed(text: str) -> str:
    """Make what somebody typed fit for the queue: PostgreSQL's JSON holds no NUL."""
    return text[:LONGEST].replace("\x00", "\ufffd")


def job_name(errand: Errand) -> str:
    """Name the files of an errand; a trial has its own for every mapping and zone."""
    if errand.kind == "import":
        return "import"
    chosen = json.dumps([errand.mapping, errand.zone, errand.ours]).encode()
    return f"trial-{hashlib.blake2b(chosen, digest_size=12).hexdigest()}"


def _asked(path: Path) -> Errand | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Errand)
    except (OSError, msgspec.DecodeError):
        return None


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all; not at all where its folder is gone."""
    scratch = path.withjob_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        scratch.replace(path)
    except FileNotFoundError:
        return
