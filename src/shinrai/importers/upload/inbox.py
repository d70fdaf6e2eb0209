"""Uploaded files, kept in a private folder until they are imported or deleted.

They hold texts and names, so only this process may read them. They are deleted after a week at the
latest, or when they are imported.
"""

import json
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from django.conf import settings

from shinrai.importers.mapping_files import LARGEST as LARGEST_MAPPING
from shinrai.importers.mapping_files import too_large
from shinrai.units.errors import UserError
from shinrai.units.moments import from_us
from shinrai.units.text import Text

LIFE = timedelta(days=7)
CUT_OFF = timedelta(hours=1)  # nothing is still being uploaded after so long
LARGEST_MB = 50
LARGEST = LARGEST_MB * 1024 * 1024
MOST_FILES = 8
SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".csv.gz", ".tsv.gz")
LOGS = (".xes", ".xes.gz")
MAILS = (".mbox", ".mbx", ".eml", ".mbox.gz", ".mbx.gz", ".eml.gz")
RECORDS = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
ENDINGS = (*SHEETS, *LOGS, *MAILS, *RECORDS)
LONGEST_NAME = 200
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
ABOUT, FILES, MAPPING = "draft.json", "files", "mapping.yaml"


class NoSuchDraft(UserError, LookupError):
    """There is no such upload: it was imported or deleted, or is older than a week."""


class TooLarge(UserError, ValueError):
    """The files are larger than one upload may be."""


class NotATable(UserError, ValueError):
    """A file is of a kind that cannot be imported, or there is no file or too many."""


class Uploaded(Protocol):
    """The attributes we use of a file uploaded with a request."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def chunks(self) -> Iterator[bytes]: ...


@dataclass(frozen=True)
class Draft:
    """An upload that waits: its files, who uploaded it, when, and its folder."""

    token: str
    workspace_id: int
    by: str
    at: datetime
    folder: Path
    paths: tuple[Path, ...]
    own_mapping: Path | None

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the files, as uploaded."""
        return tuple(path.name for path in self.paths)

    @property
    def size(self) -> int:
        """The size of the files in bytes."""
        return sum(path.stat().st_size for path in self.paths)


@dataclass(frozen=True)
class Inbox:
    """The folder in which the uploads of all workspaces are kept."""

    root: Path

    def put(
        self,
        *,
        workspace_id: int,
        files: Sequence[Uploaded],
        mapping: Uploaded | None,
        at: datetime,
        by: str,
    ) -> Draft:
        """Store uploaded files under a random name, and delete old uploads.

        Raises: TooLarge, NotATable; nothing is stored then.
        """
        check_files(files)
        if mapping is not None and (mapping.size or 0) > LARGEST_MAPPING:
            raise TooLarge(too_large(Path(str(mapping.name)).name))
        self.sweep(at)
        token = secrets.token_urlsafe(24)
        folder = self.root / token
        inside = folder / FILES
        self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
            inside.mkdir(mode=0o700)
            for file, name in zip(files, _names(files), strict=True):
                _write(inside / name, file.chunks())
            if mapping is not None:
                _write(folder / MAPPING, mapping.chunks())
            about = {"workspace_id": workspace_id, "by": by, "at_us": _us(at)}
            _write(folder / ABOUT, [json.dumps(about).encode()])
        except BaseException:
            shutil.rmtree(folder, ignore_errors=True)
            raise
        return self.draft(token, workspace_id=workspace_id, by=by, at=at)

    def draft(self, token: str, *, workspace_id: int, by: str, at: datetime) -> Draft:
        """Find an upload of this person in this workspace, not older than a week.

        Raises: NoSuchDraft.
        """
        gone = NoSuchDraft(
            Text(
                "these files are not waiting any more: they were brought in, let go, or "
                "are older than a week; upload them again"
            ),
        )
        if not TOKEN.fullmatch(token):
            raise gone
        folder = self.root / token
        try:
            about = json.loads((folder / ABOUT).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise gone from error
        put_at = from_us(int(about["at_us"]))
        if about["workspace_id"] != workspace_id or about["by"] != by or at - put_at > LIFE:
            raise gone
        mapping = folder / MAPPING
        return Draft(
            token=token,
            workspace_id=workspace_id,
            by=by,
            at=put_at,
            folder=folder,
            paths=_within(folder / FILES),
            own_mapping=mapping if mapping.exists() else None,
        )

    def delete(self, draft: Draft) -> None:
        """Delete an upload."""
        shutil.rmtree(draft.folder, ignore_errors=True)

    def delete_files(self, draft: Draft) -> None:
        """Delete the files and the results of trials; the result of the import is kept."""
        shutil.rmtree(draft.folder / FILES, ignore_errors=True)
        for path in (draft.folder / MAPPING, *draft.folder.glob("trial-*")):
            path.unlink(missing_ok=True)

    def waiting(self, *, workspace_id: int, at: datetime) -> tuple[Path, ...]:
        """Return the folders of a workspace's uploads, and incomplete ones older than an hour."""
        found = []
        for folder in self.root.iterdir() if self.root.is_dir() else ():
            try:
                is_ours = json.loads((folder / ABOUT).read_text("utf-8"))["workspace_id"]
            except (OSError, ValueError, KeyError):
                age_s = at.timestamp() - folder.stat().st_mtime
                is_ours = workspace_id if age_s > CUT_OFF.total_seconds() else None
            if is_ours == workspace_id:
                found.append(folder)
        return tuple(found)

    def sweep(self, at: datetime) -> int:
        """Delete the uploads older than a week; return how many."""
        if not self.root.is_dir():
            return 0
        swept = 0
        for folder in self.root.iterdir():
            try:
                put_us = int(json.loads((folder / ABOUT).read_text("utf-8"))["at_us"])
            except (OSError, ValueError, KeyError):
                # An upload that was cut off has no description; its folder says how old it is.
                put_us = int(folder.stat().st_mtime * 1_000_000)
            if _us(at) - put_us > LIFE / timedelta(microseconds=1):
                shutil.rmtree(folder, ignore_errors=True)
                swept += 1
        return swept


def the_inbox() -> Inbox:
    """Return the inbox of this installation."""
    return Inbox(settings.SHINRAI_HOME / "inbox")


def check_files(files: Sequence[Uploaded]) -> None:
    """Check the number, names and size of files before any is stored.

    Raises: TooLarge, NotATable.
    """
    if not files:
        raise NotATable(
            Text("No file came with the form. Choose the sheet to import."),
        )
    if len(files) > MOST_FILES:
        raise NotATable(
            Text(
                "{count} files are more than one import reads; give {most_files} at most.",
                count=len(files),
                most_files=MOST_FILES,
            ),
        )
    for file in files:
        if not str(file.name).lower().endswith(ENDINGS):
            raise NotATable(
                Text(
                    "{name} is no table Shinrai reads. Save it as CSV or .xlsx; of a desk, a "
                    "log or mail give .ndjson, .json, .xes, .mbox or .eml.",
                    name=file.name,
                ),
            )
    size = sum(file.size or 0 for file in files)
    if size > LARGEST:
        megabytes = f"{size / 1024 / 1024:,.1f}"
        raise TooLarge(
            Text(
                "{megabytes} MB are more than a page takes ({largest_mb} MB). Import the "
                "file by command: shinrai import csv FILE --workspace W",
                megabytes=megabytes,
                largest_mb=LARGEST_MB,
            ),
        )


def _names(files: Iterable[Uploaded]) -> list[str]:
    """Return a safe, unique name for each file, as close to its own name as possible."""
    names: list[str] = []
    for number, file in enumerate(files, start=1):
        name = "".join(c for c in Path(str(file.name)).name if c.isprintable() and c not in "/\\")
        # Folders count bytes, and a Japanese letter is three; the ending is what must stay.
        name = name.encode()[-LONGEST_NAME:].decode(errors="ignore").lstrip(".")
        name = name or f"table-{number}.csv"
        names.append(name if name not in names else f"{number}-{name}")
    return names


def _within(folder: Path) -> tuple[Path, ...]:
    """Return the files of a folder; none if they were imported and deleted."""
    return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    path.touch(mode=0o600)
    with path.open("wb") as file:
        file.writelines(chunks)


def _us(at: datetime) -> int:
    return int(at.timestamp() * 1_000_000)
