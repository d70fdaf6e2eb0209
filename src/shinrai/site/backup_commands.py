"""The commands `shinrai backup` and `shinrai restore`."""

from collections.abc import Callable
from pathlib import Path

import click

from shinrai.accounts.commands.authors import by_command
from shinrai.cli.errors import ExitCode, Refusal, refusing
from shinrai.cli.frame import StandardCommand, json_option
from shinrai.cli.language import translate
from shinrai.cli.moments import now
from shinrai.cli.output import print_answer, progress
from shinrai.site.backup import MB, BackupFailed, FileExists, NewBackup, make_backup
from shinrai.site.backup_file import BackupDamaged, BackupTooNew, NoBackup, WrongPassphrase
from shinrai.site.home_folder import home_folder
from shinrai.site.restore import HomeInUse, OtherMasterKey, restore_backup

FILE = click.Path(dir_okay=False, path_type=Path)


def passphrase_option(command: Callable[..., None]) -> Callable[..., None]:
    """Add the option --passphrase-file, passed as the text of that file."""
    return click.option(
        "--passphrase-file",
        "passphrase",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        callback=lambda _context, _option, value: _passphrase(value),
        help="Encrypt the file with the first line of this one.",
    )(command)


def _passphrase(path: Path | None) -> str | None:
    if path is None:
        return None
    first = (path.read_text(encoding="utf-8").splitlines() or [""])[0].strip()
    if not first:
        raise Refusal(translate("{path} holds no passphrase", path=str(path)))
    return first


@click.command(cls=StandardCommand)
@click.argument("file", type=FILE)
@passphrase_option
@json_option
def backup(file: Path, passphrase: str | None, as_json: bool) -> None:
    """Write the database, the keys and the files of this installation to one new file.

    Everybody works on meanwhile. The file holds the master key: without a passphrase, whoever has
    it reads everything. Published tables are left out; they are filled from the database.

    Example: shinrai backup /mnt/backups/shinrai-monday.backup --passphrase-file passphrase.txt
    """
    with (
        refusing(FileExists),
        refusing(BackupFailed, exit_code=ExitCode.COULD_NOT_SAY),
        progress(translate("writing the backup, in MB")) as bar,
    ):
        done = make_backup(
            NewBackup(file, passphrase), at=now(), by=by_command(), tell=_in_mb(bar.advance)
        )
    print_answer(
        {**vars(done), "file": str(file.absolute())},
        as_json=as_json,
        words=translate(
            "{file}: {rows} rows of {tables} tables, {size} MB. Keep it until {until} at most, "
            "on another disk, and delete it then",
            file=str(file),
            rows=f"{done.rows:,}",
            tables=done.tables,
            size=f"{done.size / MB:.1f}",
            until=done.expires_at.date().isoformat(),
        ),
    )


@click.command(cls=StandardCommand)
@click.argument("file", type=FILE)
@passphrase_option
@json_option
def restore(file: Path, passphrase: str | None, as_json: bool) -> None:
    """Restore a backup into a new home, or into a new home and an empty DATABASE_URL.

    The file is compared with its checksum before anything is written. If the command is broken
    off, the home says so to every later one. Stop the old installation first: what waits to be
    sent would be sent twice.

    Example: SHINRAI_HOME=/srv/shinrai shinrai restore /mnt/backups/shinrai-monday.backup
    """
    with (
        refusing(NoBackup, BackupTooNew, WrongPassphrase, HomeInUse, OtherMasterKey),
        refusing(BackupDamaged, BackupFailed, exit_code=ExitCode.COULD_NOT_SAY),
        progress(translate("restoring, in MB")) as bar,
    ):
        done = restore_backup(
            file, passphrase=passphrase, at=now(), by=by_command(), tell=_in_mb(bar.advance)
        )
    rows = done.manifest.rows
    home = str(home_folder())
    print_answer(
        {
            "home": home,
            "backup_at": done.manifest.at,
            "version": done.manifest.version,
            "tables": rows,
            "files": done.files,
            "migrations_applied": list(done.applied),
        },
        as_json=as_json,
        words=translate(
            "{home} holds what was there at {at}: {rows} rows of {tables} tables. The worker of "
            "`shinrai serve` fills the published tables now. Repeat erasures made since then",
            home=home,
            at=done.manifest.at,
            rows=f"{sum(rows.values()):,}",
            tables=len(rows),
        ),
    )


def _in_mb(advance: Callable[[int], None]) -> Callable[[int], None]:
    so_far = 0

    def tell(count: int) -> None:
        nonlocal so_far
        before, so_far = so_far // MB, so_far + count
        advance(so_far // MB - before)

    return tell
