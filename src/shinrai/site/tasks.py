"""The worker's tasks for backups: make one that a page asked for, and delete old ones."""

from datetime import datetime

from django.conf import settings
from procrastinate import Blueprint

from shinrai.cli.moments import now
from shinrai.privacy.backups import expired_backups, note_deleted
from shinrai.site.backup import NewBackup, make_backup
from shinrai.site.home_folder import make_private

EXPIRE = "53 * * * *"  # hourly


def make(by: str) -> None:
    """Make a backup in the home's folder `backups`, and delete those it replaces."""
    at = now()
    folder = make_private(settings.SHINRAI_HOME / "backups")
    for left in folder.glob(".*.part"):  # of a worker that was killed; one job runs at a time
        left.unlink(missing_ok=True)
    path = folder / f"shinrai-{at:%Y%m%d-%H%M%S}.backup"
    make_backup(NewBackup(path, is_ours=True), at=at, by=by, tell=lambda _: None)
    _delete_expired(at)


def expire(timestamp: int = 0) -> None:
    """Delete backups in the home's folder `backups` whose time is over."""
    _delete_expired(now())


def _delete_expired(at: datetime) -> None:
    names = expired_backups(kept=settings.SHINRAI_BACKUPS_KEPT, at=at)
    for name in names:
        (settings.SHINRAI_HOME / "backups" / name).unlink(missing_ok=True)
    note_deleted(names=names, at=at)


def tasks() -> Blueprint:
    """Return the tasks of this package."""
    found = Blueprint()
    once = "site:backup"  # one after the other
    found.task(name="make_backup", lock=once, queueing_lock=once)(make)
    found.periodic(cron=EXPIRE)(
        found.task(name="expire_backups", lock=once, queueing_lock="site:expire_backups")(expire)
    )
    return found
