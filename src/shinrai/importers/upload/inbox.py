"""The inbox: uploads as rows, and the private folder of each with its files.

The folders hold texts and names, so only this process may read them. An upload is gone after a week
at the latest; its folder is deleted when it is imported.
"""

import re
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

from shinrai.importers.mapping_files import LARGEST as LARGEST_MAPPING
from shinrai.importers.mapping_files import shipped_names, too_large
from shinrai.importers.models import Upload
from shinrai.importers.rules.mapping.node import BadMapping, one_line
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LIFE = timedelta(days=7)
CUT_OFF = timedelta(hours=1)  # nothing is still being uploaded after so long
LARGEST_MB = 50
LARGEST = LARGEST_MB * 1024 * 1024
MOST_FILES = 8
SHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".csv.gz", ".tsv.gz")
LOGS = (".xes", ".xes.gz")
MAILS = (".mbox", ".mbx", ".eml", ".mbox.gz", ".mbx.gz", ".eml.gz")
RECORDS = (".json", ".ndjson", ".jsonl", ".json.gz", ".ndjson.gz", ".jsonl.gz")
ENDINGS = (*SHEETS, *LOGS, *MAILS, *RECORDS)
LONGEST_NAME = 200
TOKEN = re.compile(r"[A-Za-z0-9_-]{32}")
FILES, MAPPING = "files", "mapping.yaml"
OWN = "own"  # a mapping that was uploaded with the files
BY_COLUMNS = "columns"  # a sheet whose columns are chosen on the page


class NoSuchUpload(UserError, LookupError):
    """There is no such upload: it was imported or deleted, or is older than a week."""


class TooLarge(UserError, ValueError):
    """The files are larger than one upload may be."""


class NotATable(UserError, ValueError):
    """A file is of a kind that cannot be imported, or there is no file or too many."""


class UploadedFile(Protocol):
    """The attributes we use of a file uploaded with a request."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def chunks(self) -> Iterator[bytes]: ...


def inbox_root() -> Path:
    """Return the folder in which the uploads of all workspaces are kept."""
    return Path(settings.SHINRAI_HOME) / "inbox"


def folder_of(upload: Upload) -> Path:
    """Return the folder of an upload."""
    return inbox_root() / upload.token


def files_of(upload: Upload) -> tuple[Path, ...]:
    """Return the files of an upload, in the order they came; none if they are deleted."""
    paths = [folder_of(upload) / FILES / name for name in upload.names]
    return tuple(path for path in paths if path.exists())


def own_mapping(upload: Upload) -> Path | None:
    """Return the mapping file that came with an upload, if one did."""
    path = folder_of(upload) / MAPPING
    return path if path.exists() else None


def any_ends(upload: Upload, endings: tuple[str, ...]) -> bool:
    """Return whether a file of an upload is of one of these kinds."""
    return any(name.lower().endswith(endings) for name in upload.names)


def is_sheet(upload: Upload) -> bool:
    """Return whether an upload is one table, whose columns can be chosen on the page."""
    return len(upload.names) == 1 and not any_ends(upload, (*LOGS, *MAILS, *RECORDS))


def check_name(name: str) -> None:
    """Check the name of a mapping from a page: none, by columns, one's own, or a shipped one.

    Raises: BadMapping.
    """
    if name and name not in (OWN, BY_COLUMNS) and name not in shipped_names():
        raise BadMapping(
            Text(
                "no mapping is called {one_line!r}; choose one of the list, or hand in your own",
                one_line=one_line(name),
            ),
        )


def put_upload(
    *,
    workspace_id: int,
    files: Sequence[UploadedFile],
    mapping: UploadedFile | None,
    choices: Mapping[str, Any],
    at: datetime,
    by: str,
) -> Upload:
    """Store uploaded files under a random name, and delete old uploads.

    Raises: TooLarge, NotATable; nothing is stored then.
    """
    check_files(files)
    if mapping is not None and (mapping.size or 0) > LARGEST_MAPPING:
        raise TooLarge(too_large(Path(str(mapping.name)).name))
    sweep(at)
    token, names = secrets.token_urlsafe(24), _names(files)
    folder = inbox_root() / token
    inbox_root().mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        folder.mkdir(mode=0o700)
        (folder / FILES).mkdir(mode=0o700)
        for file, name in zip(files, names, strict=True):
            write_private(folder / FILES / name, file.chunks())
        if mapping is not None:
            write_private(folder / MAPPING, mapping.chunks())
        return Upload.objects.create(
            workspace_id=workspace_id,
            token=token,
            by=by,
            at=at,
            asked_at=at,
            names=names,
            size=sum(path.stat().st_size for path in (folder / FILES).iterdir()),
            choices=dict(choices),
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def find_upload(token: str, *, workspace_id: int, by: str, at: datetime) -> Upload:
    """Find an upload of this person in this workspace, not older than a week.

    Raises: NoSuchUpload.
    """
    found = Upload.objects.filter(
        token=token, workspace_id=workspace_id, by=by, at__gte=at - LIFE
    ).exclude(status=Upload.Status.DISCARDED)
    upload = found.first() if TOKEN.fullmatch(token) else None
    is_there = upload is not None and (
        upload.status == Upload.Status.IMPORTED or folder_of(upload).is_dir()
    )
    if upload is None or not is_there:
        raise NoSuchUpload(
            Text(
                "these files are not waiting any more: they were brought in, let go, or "
                "are older than a week; upload them again"
            ),
        )
    return upload


def delete_folder(upload: Upload) -> None:
    """Delete the files of an upload and all that was made of them."""
    shutil.rmtree(folder_of(upload), ignore_errors=True)


def waiting_folders(*, workspace_id: int, at: datetime) -> tuple[Path, ...]:
    """Return the folders of a workspace's uploads, and those of no upload older than an hour."""
    owners = dict(Upload.objects.values_list("token", "workspace_id"))
    return tuple(
        folder
        for folder in _folders()
        if owners.get(folder.name, workspace_id if _age(folder, at) > CUT_OFF else None)
        == workspace_id
    )


def sweep(at: datetime) -> int:
    """Delete the uploads older than a week, and folders of no upload; return how many."""
    old = Upload.objects.filter(at__lt=at - LIFE)
    tokens = set(old.values_list("token", flat=True))
    known = set(Upload.objects.values_list("token", flat=True))
    # One that is still being uploaded has no row yet.
    swept = [
        folder
        for folder in _folders()
        if folder.name in tokens or (folder.name not in known and _age(folder, at) > CUT_OFF)
    ]
    for folder in swept:
        shutil.rmtree(folder, ignore_errors=True)
    old.delete()
    return len(swept)


def _folders() -> list[Path]:
    root = inbox_root()
    return sorted(root.iterdir()) if root.is_dir() else []


def _age(folder: Path, at: datetime) -> timedelta:
    return timedelta(seconds=at.timestamp() - folder.stat().st_mtime)


def check_files(files: Sequence[UploadedFile]) -> None:
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


def _names(files: Iterable[UploadedFile]) -> list[str]:
    """Return a safe, unique name for each file, as close to its own name as possible."""
    names: list[str] = []
    for number, file in enumerate(files, start=1):
        name = "".join(c for c in Path(str(file.name)).name if c.isprintable() and c not in "/\\")
        # Folders count bytes, and a Japanese letter is three; the ending is what must stay.
        name = name.encode()[-LONGEST_NAME:].decode(errors="ignore").lstrip(".")
        name = name or f"table-{number}.csv"
        names.append(name if name not in names else f"{number}-{name}")
    return names


def write_private(path: Path, chunks: Iterable[bytes]) -> None:
    """Write a file that only this process may read."""
    path.touch(mode=0o600)
    with path.open("wb") as file:
        file.writelines(chunks)
