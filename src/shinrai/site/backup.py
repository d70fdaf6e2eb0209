"""Make a backup: the database, the secrets, and the files of the home that cannot be made anew.

The database is read by `pg_dump` in one snapshot, while everybody works on. Published tables are
left out, as they are filled from the database; but for usage events, which lie there alone. Nothing
is moved there from the snapshot on until they are copied, so that both are of one moment. The parts
of the tar are `manifest.json`, then `secrets/NAME`, `files/PATH`, and `database/NUMBER`, which are
the pieces of one dump.
"""

import base64
import io
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

from shinrai.accounts.operations.audit import UNSEALED, record_action
from shinrai.postgres.failpoints import passed
from shinrai.postgres.locks import exclusive_lock
from shinrai.privacy.backups import BackupRecord, note_backup
from shinrai.site.backup_file import BackupWriter
from shinrai.site.database import owner_parameters
from shinrai.site.postgres_programs import find_programs
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import MOVE

FOLDERS: Final = ("inbox", "pulled", "sample")  # of the home; their files are sealed
EVENT_FOLDERS: Final = ("warehouse/usage_events", "warehouse/usage_days")
OF_SERVER: Final = "postgres-"  # passwords of the private server's roles: each home has its own
MANIFEST: Final = "manifest.json"
PIECE: Final = 4 << 20
MB: Final = 1 << 20
MOST_BYTES: Final = 1 << 16  # of a secret
Tell = Callable[[int], object]


class FileExists(UserError, ValueError):
    """A backup never replaces another file."""


class BackupFailed(UserError, RuntimeError):
    """The backup could not be made; nothing is left of it."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds, as of one moment."""

    version: str
    at: str
    migrations: list[str]
    transactions: int  # how many the database had begun: what is restored goes on from there
    rows: dict[str, int]  # of each table


@dataclass(frozen=True)
class NewBackup:
    """A backup to be made: the file, and the passphrase that encrypts it."""

    path: Path
    passphrase: str | None = None
    is_ours: bool = False


def make_backup(asked: NewBackup, *, at: datetime, by: str, tell: Tell) -> BackupRecord:
    """Write a backup under a temporary name, then move it into place, and record it.

    Raises: FileExists, BackupFailed.
    """
    path = asked.path.absolute()
    if path.exists():
        raise FileExists(Text("{path} is there already; name a new file", path=str(path)))
    scratch = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            writer = BackupWriter(file, asked.passphrase)
            manifest = _write(writer, at=at, tell=tell)
            writer.close()
        passed("backup.written")
        scratch.rename(path)
    except OSError as error:
        raise BackupFailed(
            Text("cannot write {path}: {why}", path=str(path), why=error.strerror or "")
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
    found = BackupRecord(
        at=at,
        by=by,
        name=path.name[:255],
        size=path.stat().st_size,
        tables=len(manifest.rows),
        rows=sum(manifest.rows.values()),
        is_encrypted=asked.passphrase is not None,
        is_ours=asked.is_ours,
        expires_at=at + timedelta(days=settings.SHINRAI_BACKUP_DAYS),
    )
    number = note_backup(found)
    record_action(workspace_id=None, what="make backup", subject=f"backup:{number}", at=at, by=by)
    return found


def _write(writer: BackupWriter, *, at: datetime, tell: Tell) -> Manifest:
    # Before the snapshot: the audit's seals may be ahead of what this file says, not behind it.
    secrets = {**_kept_secrets(), **_used_keys()}
    with ExitStack() as moving, _snapshot(moving) as (connection, snapshot):
        manifest = _manifest(connection, at)
        with tarfile.open(fileobj=writer, mode="w|", bufsize=PIECE) as tar:  # type: ignore[call-overload]
            _add(tar, MANIFEST, json.dumps(asdict(manifest)).encode())
            for name, content in secrets.items():
                _add(tar, f"secrets/{name}", content)
            for path in _files(settings.SHINRAI_HOME):
                _add_file(tar, path)
            moving.close()
            for number, piece in enumerate(_dump(snapshot)):
                _add(tar, f"database/{number:08}", piece)
                tell(len(piece))
    return manifest


def _kept_secrets() -> dict[str, bytes]:
    """Return the secrets of the home, but for the notes on entries not sealed yet.

    Those are of the moment they are read, not of the snapshot: an entry made in between would
    look as if it had been removed.
    """
    folder = settings.SHINRAI_HOME / "secrets"
    return {
        path.name: path.read_bytes()[:MOST_BYTES]
        for path in sorted(folder.glob("[!.]*"))
        if path.is_file() and not path.name.startswith(OF_SERVER) and path.name != UNSEALED
    }


def _used_keys() -> dict[str, bytes]:
    """Return the keys in use, which may come from the environment and not from the home."""
    return {
        "master-key": base64.urlsafe_b64encode(settings.SHINRAI_MASTER_KEY),
        "secret-key": settings.SECRET_KEY.encode(),
    }


def _files(home: Path) -> Iterator[Path]:
    for folder in (*FOLDERS, *EVENT_FOLDERS):
        for path in sorted((home / folder).rglob("*")):
            if path.is_file() and not path.is_symlink():
                yield path


@contextmanager
def _snapshot(moving: ExitStack) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """Yield a connection that reads one snapshot of the database, and the snapshot's name.

    Usage events are not moved until `moving` is closed.
    """
    moving.enter_context(exclusive_lock(MOVE, waits=True))
    with psycopg.connect(**owner_parameters()) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        yield connection, str(_one(connection, "SELECT pg_export_snapshot()"))


def _one(connection: psycopg.Connection[Any], question: str) -> Any:
    row = connection.execute(question).fetchone()
    assert row is not None
    return row[0]


def _manifest(connection: psycopg.Connection[Any], at: datetime) -> Manifest:
    applied = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
    return Manifest(
        version=version("shinrai"),
        at=at.isoformat(),
        migrations=[name for (name,) in applied],
        transactions=int(
            _one(connection, "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint")
        ),
        rows=count_rows(connection),
    )


def count_rows(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Return how many rows each table of the database has."""
    names = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        " ORDER BY relname"
    ).fetchall()
    count = sql.SQL("SELECT count(*) FROM {}")
    found = {}
    for (name,) in names:
        row = connection.execute(count.format(sql.Identifier(name))).fetchone()
        assert row is not None
        found[name] = row[0]
    return found


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    part = tarfile.TarInfo(name)
    part.size = len(content)
    tar.addfile(part, io.BytesIO(content))


def _add_file(tar: tarfile.TarFile, path: Path) -> None:
    with suppress(FileNotFoundError), path.open("rb") as file:  # imported meanwhile, and deleted
        part = tarfile.TarInfo(f"files/{path.relative_to(settings.SHINRAI_HOME).as_posix()}")
        part.size = os.fstat(file.fileno()).st_size
        tar.addfile(part, file)


def _dump(snapshot: str) -> Iterator[bytes]:
    options = ("--format=custom", "--no-owner", "--no-privileges", "--exclude-extension=*")
    with running("pg_dump", *options, f"--snapshot={snapshot}", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        while piece := process.stdout.read(PIECE):
            yield piece


@contextmanager
def running(name: str, *arguments: str, **pipes: Any) -> Iterator["subprocess.Popen[bytes]"]:
    """Run one of PostgreSQL's programs on this database, as the owner, during a `with` block.

    Raises: BackupFailed, with the last line it wrote, unless it ended well.
    """
    address = owner_parameters()
    password = str(address.pop("password") or "")  # no argument: anybody can list those
    command = [find_programs().path(name), f"--dbname={make_conninfo(**address)}", *arguments]
    environment = {**os.environ, "PGPASSWORD": password}
    with (
        tempfile.TemporaryFile() as errors,
        subprocess.Popen(command, stderr=errors, env=environment, **pipes) as process,
    ):
        try:
            yield process
            if process.stdin is not None:
                process.stdin.close()
            is_well = process.wait() == 0
        except BrokenPipeError:  # it ended before it had read everything
            is_well = False
        finally:
            process.kill()
            if process.stdin is not None:
                with suppress(BrokenPipeError):
                    process.stdin.close()
        if not is_well:
            errors.seek(0)
            lines = errors.read().decode("utf-8", "replace").strip().splitlines()
            raise BackupFailed(
                Text("PostgreSQL's {name} failed: {why}", name=name, why=(lines or ["?"])[0][:300])
            )
