"""Which backups were made, and which of our own are to be deleted.

A backup is written by `site`, which knows all stores; its row stands here, because whoever erases
has to say how long copies live on (`operations.backups_end`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shinrai.privacy.models import Backup


@dataclass(frozen=True)
class BackupRecord:
    """A backup that was made: by whom, how large, and until when it is kept."""

    at: datetime
    by: str
    name: str  # of the file, without its folder
    size: int
    tables: int
    rows: int
    is_encrypted: bool
    is_ours: bool
    expires_at: datetime
    deleted_at: datetime | None = None


def note_backup(backup: BackupRecord) -> int:
    """Keep the record of a backup; return its number."""
    return Backup.objects.create(**vars(backup)).pk


def newest_backups(*, most: int) -> Sequence[BackupRecord]:
    """Return the newest backups, the last one first."""
    names = tuple(BackupRecord.__dataclass_fields__)
    return [BackupRecord(*row) for row in Backup.objects.order_by("-at").values_list(*names)[:most]]


def expired_backups(*, kept: int, at: datetime) -> Sequence[str]:
    """Return the names of our own backups whose time is over, or that more than `kept` follow."""
    rows = Backup.objects.filter(is_ours=True, deleted_at=None).order_by("-at")
    found = list(rows.values_list("name", "expires_at"))
    return [name for place, (name, end) in enumerate(found) if place >= kept or end <= at]


def note_deleted(*, names: Sequence[str], at: datetime) -> None:
    """Record that our own backups of these names are deleted."""
    Backup.objects.filter(is_ours=True, deleted_at=None, name__in=names).update(deleted_at=at)
