"""Restore a backup into a new home, or refuse: a home is never left that looks whole and is not.

The database is filled in one transaction. A mark lies in the home until all is done; every other
command refuses a home with that mark.
"""

import base64
import io
import json
import os
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import IO, Final

import psycopg
from django.db.migrations.loader import MigrationLoader

from shinrai.accounts.operations.audit import record_action
from shinrai.postgres.failpoints import passed
from shinrai.postgres.queue import request_refresh
from shinrai.site import migration
from shinrai.site.backup import (
    EVENT_FOLDERS,
    FOLDERS,
    MANIFEST,
    Manifest,
    Tell,
    count_rows,
    running,
)
from shinrai.site.backup_file import (
    BackupDamaged,
    BackupReader,
    BackupTooNew,
    check_backup,
)
from shinrai.site.database import open_database, owner_parameters
from shinrai.site.environment import read_secret
from shinrai.site.home_folder import (
    RESTORING,
    home_folder,
    make_private,
    master_key,
    refuse_unfinished,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.warehouse.repairs import forget_published

HARMLESS: Final = frozenset({"lost+found"})


class HomeInUse(UserError, ValueError):
    """The home or the database is not empty; a backup is restored into new ones only."""


class OtherMasterKey(UserError, ValueError):
    """SHINRAI_MASTER_KEY is another one than the backup's."""


@dataclass(frozen=True)
class Restored:
    """What was restored: the backup's own manifest, and the migrations applied since."""

    manifest: Manifest
    applied: tuple[str, ...]
    files: int


def restore_backup(
    path: Path, *, passphrase: str | None, at: datetime, by: str, tell: Tell
) -> Restored:
    """Restore a backup into the home of SHINRAI_HOME, and bring its tables up to date.

    Raises: NoBackup, BackupTooNew, BackupDamaged, WrongPassphrase, HomeInUse, OtherMasterKey
        before anything is written; BackupFailed, HomeUnusable after.
    """
    home = home_folder()
    refuse_unfinished(home)
    if home.exists() and {one.name for one in home.iterdir()} - HARMLESS:
        raise HomeInUse(
            Text(
                "{home} is not empty; a backup is restored into a new home only. Set "
                "SHINRAI_HOME to a folder that is not there yet",
                home=str(home),
            )
        )
    check_backup(path, tell)
    with _opened(path, passphrase) as (manifest, parts):
        _refuse_newer(manifest)
        secrets, rest = _secrets(parts)
        _refuse_other_key(secrets)
        if read_secret("DATABASE_URL") is not None:
            _refuse_tables()  # before anything is written; the private server is still to be made
        mark = make_private(home) / RESTORING
        mark.write_text(f"{path.name}\n", encoding="utf-8")
        for name, content in secrets.items():
            _keep(home / "secrets" / name, io.BytesIO(content))
        open_database(is_being_restored=True)
        _refuse_tables()
        files = _fill(home, rest, tell)
        passed("restore.filled")
        _compare(manifest)
        applied = migration.migrate().applied
        record_action(workspace_id=None, what="restore backup", subject="backup", at=at, by=by)
        forget_published()
        request_refresh()
        mark.unlink()
    return Restored(manifest, applied, files)


@contextmanager
def _opened(
    path: Path, passphrase: str | None
) -> Iterator[tuple[Manifest, Iterator[tuple[str, IO[bytes]]]]]:
    with path.open("rb") as file:
        reader = BackupReader(file, passphrase)
        with tarfile.open(fileobj=reader, mode="r|") as tar:  # type: ignore[call-overload]
            parts = _parts(tar)
            name, content = next(parts, ("", None))
            if name != MANIFEST or content is None:
                raise _damaged("manifest")
            yield Manifest(**json.load(content)), parts


def _parts(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for part in tar:
        content = tar.extractfile(part)
        folder, *inside = PurePosixPath(part.name).parts
        is_known = folder in {MANIFEST, "secrets", "files", "database"}
        if content is None or not is_known or ".." in inside or part.name.startswith("/"):
            raise _damaged(part.name)
        yield part.name, content


def _secrets(
    parts: Iterator[tuple[str, IO[bytes]]],
) -> tuple[dict[str, bytes], Iterator[tuple[str, IO[bytes]]]]:
    """Return the secrets, which come first, and the parts that follow them."""
    found: dict[str, bytes] = {}
    for name, content in parts:
        folder, _, rest = name.partition("/")
        if folder != "secrets":
            return found, chain([(name, content)], parts)
        found[PurePosixPath(rest).name] = content.read()
    raise _damaged("database")


def _damaged(part: str) -> BackupDamaged:
    return BackupDamaged(Text("the backup has no {part} where it should be", part=part))


def _refuse_newer(manifest: Manifest) -> None:
    """Refuse a backup with migrations that this version does not have. Raises: BackupTooNew."""
    ours = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    ours |= {f"{migration.QUEUE}.{name}" for name in migration.queue_migrations()}
    if not ours.issuperset(manifest.migrations):
        raise BackupTooNew(
            Text(
                "this backup was made by a newer Shinrai ({version}); install that version, "
                "then restore",
                version=manifest.version,
            )
        )


def _refuse_other_key(secrets: dict[str, bytes]) -> None:
    given = master_key(home_folder())  # there is nothing in the home yet: from the environment
    if given is not None and given != base64.urlsafe_b64decode(secrets["master-key"]):
        raise OtherMasterKey(
            Text(
                "SHINRAI_MASTER_KEY is another key than the backup's: no word could be read. "
                "Unset it; the backup brings its own"
            )
        )


def _refuse_tables() -> None:
    with psycopg.connect(**owner_parameters()) as connection:
        if count_rows(connection):
            raise HomeInUse(
                Text(
                    "the database has tables already; a backup is restored into an empty one. "
                    "Make a new one and name it in DATABASE_URL"
                )
            )


def _keep(path: Path, content: IO[bytes]) -> None:
    make_private(path.parent)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(content, file)


def _fill(home: Path, parts: Iterator[tuple[str, IO[bytes]]], tell: Tell) -> int:
    """Write the files of the home, and give the pieces of the dump to PostgreSQL."""
    files = 0
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    with running("pg_restore", *options, stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        for name, content in parts:
            folder, _, rest = name.partition("/")
            if folder == "files" and _is_ours(PurePosixPath(rest)):
                (home / rest).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                _keep(home / rest, content)
                files += 1
            elif folder == "database":
                piece = content.read()
                process.stdin.write(piece)
                tell(len(piece))
    return files


def _is_ours(path: PurePosixPath) -> bool:
    """Return whether a file is of one of the folders that a backup holds."""
    return path.parts[0] in FOLDERS or "/".join(path.parts[:2]) in EVENT_FOLDERS


def _compare(manifest: Manifest) -> None:
    """Compare the rows of each table with the backup's; have transactions go on from its own.

    What was written is found by the number of the transaction that wrote it: a new database whose
    numbers begin low would miss what comes. Half a million numbers pass in a second.
    """
    with psycopg.connect(**owner_parameters(), autocommit=True) as connection:
        rows = count_rows(connection)
        other = sorted(name for name in manifest.rows if rows.get(name) != manifest.rows[name])
        if other:
            raise BackupDamaged(
                Text("the rows of {names} are not the backup's", names=", ".join(other))
            )
        row = connection.execute("SELECT pg_current_xact_id()::text::bigint").fetchone()
        assert row is not None
        connection.execute("SET synchronous_commit = off")
        connection.execute(
            "DO $$ BEGIN FOR n IN 1.." + str(max(manifest.transactions - row[0], 0)) + " LOOP"
            " PERFORM pg_current_xact_id(); COMMIT; END LOOP; END $$"
        )
