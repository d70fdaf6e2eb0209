"""Ren, who owns the desk, sees on a Monday that the last backup is old, and has one made."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.privacy.backups import BackupRecord, newest_backups, note_backup
from shinrai.privacy.operations import backups_end
from shinrai.site import tasks
from shinrai.site.system_page import TASK
from shinrai.warehouse.models import TableRepair
from tests.cast import Cast
from tests.desk.stage import NOW
from tests.desk.test_pages import lead, shown

ADDRESS = "/w/tanuki/settings/system/"
DAY = timedelta(days=1)
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


@pytest.fixture
def owner(cast: Cast, settings: Any, tmp_path: Path) -> Iterator[Client]:
    settings.SHINRAI_HOME = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield cast.members["owner"].client()


def made(at: Any, *, days: int = 30, is_ours: bool = False) -> None:
    note_backup(
        BackupRecord(
            at=at,
            by="command:ren",
            name="monday.backup",
            size=4_200_000,
            tables=98,
            rows=12_345,
            is_encrypted=True,
            is_ours=is_ours,
            expires_at=at + days * DAY,
        )
    )


def test_says_worst_first_that_there_is_none(owner: Client) -> None:
    assert lead(shown(owner, ADDRESS)).startswith("No backup was made yet.")
    assert "バックアップがまだありません。" in shown(owner, ADDRESS, "ja")


@pytest.mark.parametrize(
    ("days", "said"),
    [(1, "The last backup was made on"), (7, "The last backup was made on"), (8, "is 8 days old")],
)
def test_warns_of_a_backup_older_than_a_week(owner: Client, days: int, said: str) -> None:
    made(NOW - days * DAY)
    page = shown(owner, ADDRESS)

    assert said in lead(page)
    assert ('<span class="late">' in page) == (days > 7)
    assert "command:ren" in page
    assert "12,345" in page


def test_a_button_has_the_worker_make_one(owner: Client, tmp_path: Path) -> None:
    answer = owner.post(f"{ADDRESS}backups/")
    owner.post(f"{ADDRESS}backups/")

    assert answer.status_code == 302
    assert "none is running" in shown(owner, ADDRESS)
    asked = AuditEntry.objects.filter(what="ask for backup")
    assert asked.count() == 1, "one waits already"

    tasks.make(by=asked.get().by)

    [found] = newest_backups(most=9)
    assert (tmp_path / "backups" / found.name).stat().st_mode & 0o777 == 0o600
    assert (found.by, found.is_ours) == (asked.get().by, True)


def test_an_attempt_that_failed_is_told(owner: Client, owner_cursor: Any) -> None:
    owner.post(f"{ADDRESS}backups/")
    for status in ("doing", "failed"):
        owner_cursor.execute(
            "UPDATE procrastinate_jobs SET status = %s WHERE task_name = %s", [status, TASK]
        )

    assert "could not be made" in shown(owner, ADDRESS)


def test_as_many_are_kept_as_are_set_and_none_beyond_its_days(
    owner: Client, settings: Any, tmp_path: Path
) -> None:
    settings.SHINRAI_BACKUPS_KEPT, settings.SHINRAI_BACKUP_DAYS = 2, 10
    for day in range(3):
        with time_machine.travel(NOW + day * DAY, tick=False):
            tasks.make(by="staff:1")

    left = {path.name for path in (tmp_path / "backups").iterdir()}
    assert left == {one.name for one in newest_backups(most=2)}
    assert backups_end(at=NOW + 3 * DAY) == NOW + 12 * DAY

    with time_machine.travel(NOW + 11 * DAY, tick=False):
        tasks.expire()

    assert {path.name for path in (tmp_path / "backups").iterdir()} < left
    with time_machine.travel(NOW + 12 * DAY, tick=False):
        tasks.expire()
    assert list((tmp_path / "backups").iterdir()) == []
    assert [one.deleted_at is None for one in newest_backups(most=9)] == [False] * 3


def test_a_file_elsewhere_is_its_owners_and_counts_until_its_day(owner: Client) -> None:
    made(NOW - 2 * DAY, days=5)

    tasks.expire()

    assert backups_end(at=NOW) == NOW + 3 * DAY
    assert backups_end(at=NOW + 3 * DAY) is None


def test_tables_filled_anew_are_told(owner: Client) -> None:
    TableRepair.objects.create(table="inquiries", at=NOW - DAY, is_lost=False)
    TableRepair.objects.create(table="clocks", at=NOW - DAY, is_lost=True)
    TableRepair.objects.create(table="topics", at=NOW - 31 * DAY, is_lost=True)

    page = shown(owner, ADDRESS)

    assert "The table inquiries was damaged" in page
    assert "The table clocks was missing" in page
    assert "table topics" not in page
