"""Pulled pages, stored until they are imported, and the cursors for the next pull."""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any, Final

from django.conf import settings

from shinrai.units.errors import Misuse, UserError
from shinrai.units.text import Text

LIFE: Final = timedelta(days=7)
STATE: Final = "state.json"
LOCK: Final = "lock"
NAME: Final = re.compile(r"[a-z0-9_-]{1,40}")


class SpoolBusy(UserError, RuntimeError):
    """Another command pulls the same source into the same workspace."""


@dataclass
class Stream:
    """One kind of page: a file of JSON lines, and the cursor for what follows them."""

    name: str
    path: Path
    spool: "Spool"
    cursor: str | None = None
    is_done: bool = False
    size: int = 0
    pages: int = 0

    def append(self, page: Any, *, cursor: str | None, done: bool = False) -> None:
        """Store a page and the cursor of the next one together, even if the process is killed.

        `cursor` None leaves the cursor unchanged; `done` means that this was the last page.
        """
        line = json.dumps(page, ensure_ascii=False, separators=(",", ":")) + "\n"
        handle = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.seek(self.size)
            file.truncate()
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
            self.size = file.tell()
        self.pages += 1
        self.cursor = self.cursor if cursor is None else cursor
        self.is_done = done
        self.spool.save()

    def end(self) -> None:
        """Mark the stream as done, if no last page did so."""
        self.is_done = True
        self.spool.save()

    def read(self) -> Iterator[Any]:
        """Yield the stored pages."""
        if not self.size:
            return
        with self.path.open("rb") as file:
            for line in file:
                yield json.loads(line)


@dataclass
class Spool:
    """All pages of one account for one workspace; `last` holds the cursors of the last import."""

    folder: Path
    streams: dict[str, Stream] = field(default_factory=dict)
    last: dict[str, str] = field(default_factory=dict)

    def stream(self, name: str) -> Stream:
        """Return a stream, new if needed; its cursor is from this pull or from the last one."""
        if not NAME.fullmatch(name):
            raise Misuse(f"{name!r} names no stream")
        if name not in self.streams:
            path = self.folder / f"{name}.jsonl"
            self.streams[name] = Stream(name, path, self, cursor=self.last.get(name))
        return self.streams[name]

    def files(self) -> tuple[Path, ...]:
        """Return the files that hold a page."""
        return tuple(s.path for _, s in sorted(self.streams.items()) if s.pages)

    @property
    def is_complete(self) -> bool:
        """Return whether a pull is complete and waits to be imported."""
        return bool(self.streams) and all(stream.is_done for stream in self.streams.values())

    def finish(self) -> None:
        """Delete the pages after their import; store the cursors for the next pull."""
        self.last |= {
            name: stream.cursor
            for name, stream in self.streams.items()
            if stream.cursor is not None
        }
        self.close()

    def forget(self) -> None:
        """Delete pages and cursors, so that the next pull starts from the beginning."""
        self.last = {}
        self.close()

    def save(self) -> None:
        """Replace the file of cursors atomically."""
        document = {
            "last": self.last,
            "streams": {
                name: {
                    "cursor": stream.cursor,
                    "done": stream.is_done,
                    "size": stream.size,
                    "pages": stream.pages,
                }
                for name, stream in sorted(self.streams.items())
            },
        }
        beside = self.folder / f"{STATE}.new"
        with os.fdopen(_private(beside), "wb") as file:
            file.write(json.dumps(document, ensure_ascii=False).encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / STATE)
        _sync_folder(self.folder)

    def load(self) -> None:
        """Read the cursors; pages written after they were last saved are removed."""
        path = self.folder / STATE
        if not path.exists():
            return
        document = json.loads(path.read_text("utf-8"))
        self.last = dict(document["last"])
        for name, kept in document["streams"].items():
            stream = self.stream(name)
            stream.cursor, stream.is_done = kept["cursor"], kept["done"]
            stream.size, stream.pages = kept["size"], kept["pages"]
            if stream.size:
                os.truncate(stream.path, stream.size)

    def close(self) -> None:
        """Delete the pages; the cursors of the last import are kept."""
        self.streams = {}
        self.save()  # first the cursors: pages without one count for nothing
        for path in self.folder.glob("*.jsonl"):
            path.unlink()


def spool_root() -> Path:
    """Return the folder that holds the pulled pages of this installation."""
    return Path(settings.SHINRAI_HOME) / "pulled"


@contextmanager
def open_spool(root: Path, *, workspace: str, source: str, account: str) -> Iterator[Spool]:
    """Open the spool of one account for one workspace, with a lock.

    `account` is the server's name, such as acme.zendesk.com: each server has its own cursors.

    Raises: SpoolBusy.
    """
    folder = root / _safe(workspace) / _safe(source) / _safe(account)
    for place in (root, root / _safe(workspace), folder.parent, folder):
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(_private(folder / LOCK), "wb") as lock:
        if not _locked(lock):
            raise SpoolBusy(
                Text(
                    "another command is pulling {source} into {workspace}; wait until it ends",
                    source=source,
                    workspace=workspace,
                ),
            )
        spool = Spool(folder)
        spool.load()
        yield spool


def spool_folders(root: Path, workspace: str) -> tuple[Path, ...]:
    """Return the folders of a workspace that hold pages."""
    return tuple(sorted({path.parent for path in (root / _safe(workspace)).glob("*/*/*.jsonl")}))


def delete_pages(folder: Path) -> None:
    """Delete the pages of a folder; the next pull fetches them again. Raises: SpoolBusy."""
    root, source, workspace = folder.parents[2], folder.parent.name, folder.parents[1].name
    with open_spool(root, workspace=workspace, source=source, account=folder.name) as spool:
        spool.close()


def sweep_spools(root: Path, at: datetime) -> int:
    """Delete pages not imported within a week; return how many spools had some.

    The cursors of the last complete import are kept, so the next pull fetches the pages again.
    """
    swept = 0
    for folder in root.glob("*/*/*") if root.is_dir() else ():
        ages = [path.stat().st_mtime for path in folder.glob("*.jsonl")]
        if not ages or at.timestamp() - max(ages) <= LIFE.total_seconds():
            continue
        try:
            delete_pages(folder)
        except SpoolBusy:
            continue
        swept += 1
    return swept


def _safe(name: str) -> str:
    """Return a name as a valid folder name; different names stay different."""
    return re.sub(r"[^A-Za-z0-9._-]|^\.", lambda found: f"%{ord(found.group()):02x}", name)


def _locked(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _private(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _sync_folder(folder: Path) -> None:
    """Make sure that a replaced file survives a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
