"""What a worker is asked to do for an upload, how far it has come, and what came of it.

It lies beside the files, in the inbox: a trial writes nothing into the books, and what it says of
rows set aside must not live longer than the rows. The queue holds who asked for what, and when.
"""

import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import msgspec

from shinrai.books.queue import has_workers as has_workers
from shinrai.books.queue import put_in_queue
from shinrai.importers.queries import QuarantineRecord
from shinrai.importers.run.result import ImportReport
from shinrai.importers.upload.inbox import Draft
from shinrai.units.moments import epoch_us, from_us

TASK = "importers:do_errand"
PATIENCE_S = 2.0  # whoever uploads a small sheet is given its result at once
LOOK_S = 0.02
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
        return f"{self.token}:{_name(self)}"


@dataclass(frozen=True)
class Came:
    """What came of an errand.

    A trial's report, or the batch an import became, or a refusal in both languages; or nothing of
    these, where an error of ours kept it from coming to anything.
    """

    at: datetime
    report: ImportReport | None = None
    set_aside: tuple[QuarantineRecord, ...] = ()
    batch: int | None = None
    became_real: bool = False
    refusal: Mapping[str, str] | None = None
    is_final: bool = False  # asked again, these files would only stop their reader again

    @property
    def is_broken(self) -> bool:
        """Say whether an error of ours kept it from coming to anything."""
        return self.report is None and self.batch is None and self.refusal is None


@dataclass(frozen=True)
class Way:
    """How far an errand has come: rows read, or cases compared, of about how many."""

    phase: str
    done: int = 0
    total: int = 0


def errand_of(asked: Mapping[str, Any]) -> Errand:
    """Read an errand from the queue."""
    return msgspec.convert(dict(asked), Errand)


def put_errand(errand: Errand, draft: Draft) -> None:
    """Ask for an errand, and note it beside the files; what came of an earlier one is forgotten.

    Uploads of one workspace are done one after the other, as they came.
    """
    came_of(errand, draft, forget=True)
    lock = f"importers:{errand.workspace_id}"
    put_in_queue(TASK, lock=lock, once=errand.once, **asdict(errand))
    _replace(draft.folder / f"{_name(errand)}.asked", json.dumps(asdict(errand)).encode())


def asked_import(draft: Draft) -> Errand | None:
    """Find the import that was asked for, if somebody confirmed the trial."""
    return _asked(draft.folder / "import.asked")


def asked_before(errand: Errand, draft: Draft) -> Errand | None:
    """Find an errand of the same kind and choices that was asked before."""
    return _asked(draft.folder / f"{_name(errand)}.asked")


def forget_import(draft: Draft) -> None:
    """Forget that an import was asked, and what came of it, so that it can be asked again."""
    for ending in ("asked", "came", "way", "begun"):
        (draft.folder / f"import.{ending}").unlink(missing_ok=True)


def came_of(errand: Errand, draft: Draft, *, forget: bool = False) -> Came | None:
    """Read what came of an errand; nothing while it is under way."""
    path = draft.folder / f"{_name(errand)}.came"
    if forget:
        path.unlink(missing_ok=True)
        forget_begun(errand, draft.folder)
        return None
    try:
        return msgspec.json.decode(path.read_bytes(), type=Came)
    except (OSError, msgspec.DecodeError):
        return None


def wait_for(errand: Errand, draft: Draft, *, patience_s: float = PATIENCE_S) -> Came | None:
    """Wait a moment for what comes of an errand."""
    until = time.monotonic() + patience_s
    while (came := came_of(errand, draft)) is None and time.monotonic() < until:
        time.sleep(LOOK_S)
    return came


def leave_word(errand: Errand, folder: Path, came: Came) -> None:
    """Leave word of what came of an errand; where the upload was let go of, nobody waits for it."""
    _replace(folder / f"{_name(errand)}.came", msgspec.json.encode(came))


def way_of(errand: Errand, draft: Draft) -> Way | None:
    """Say how far an errand has come; nothing before a worker took it up."""
    try:
        return msgspec.json.decode((draft.folder / f"{_name(errand)}.way").read_bytes(), type=Way)
    except (OSError, msgspec.DecodeError):
        return None


def leave_way(errand: Errand, folder: Path, way: Way) -> None:
    """Note how far an errand has come."""
    _replace(folder / f"{_name(errand)}.way", msgspec.json.encode(way))


def note_begun(errand: Errand, folder: Path) -> int:
    """Note that a worker takes an errand up; say how often that was since one gave it back."""
    path = folder / f"{_name(errand)}.begun"
    count = (path.stat().st_size if path.exists() else 0) + 1
    _replace(path, b"." * count)
    return count


def forget_begun(errand: Errand, folder: Path) -> None:
    """Forget that an errand was taken up: its worker lives, and gave it back."""
    (folder / f"{_name(errand)}.begun").unlink(missing_ok=True)


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


def _name(errand: Errand) -> str:
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


def _replace(path: Path, content: bytes) -> None:
    """Write a small file whole or not at all; not at all where its folder is gone."""
    scratch = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        scratch.replace(path)
    except FileNotFoundError:
        return
