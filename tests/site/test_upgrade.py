"""Yui's desk has run since the first release; this one takes over, and nothing is lost.

No release is older than the first migration of every package: the rows of `oldest_release.sql` were
written then.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.conf import settings as known
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from shinrai.accounts.models import User
from shinrai.accounts.operations.audit_seals import seal_audit, verify_audit
from shinrai.desk.operations.open_cases import follow_open_cases
from shinrai.importers.models import Observation
from shinrai.investigations.queries import investigation
from shinrai.privacy.operations import read_words
from shinrai.privacy.rules import encryption
from shinrai.site import migration
from shinrai.site.backup import count_rows
from shinrai.site.database import as_owner, owner_parameters
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse

FIRST = ("privacy", "accounts", "ledger", "importers", "calendars", "customers", "objectives")
ROWS = Path(__file__).with_name("oldest_release.sql")
WORDS = "画面が真っ白になる"
LATER = datetime(2026, 1, 7, tzinfo=UTC)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.records]


@pytest.fixture
def oldest(settings, tmp_path: Path) -> Iterator[dict[str, int]]:
    """A database as the first release left it; how many rows each of its tables has."""
    settings.SHINRAI_WAREHOUSE, settings.SHINRAI_HOME = str(tmp_path / "warehouse"), tmp_path
    (tmp_path / "secrets").mkdir()
    entry = connections["default"].settings_dict
    before, name = entry["NAME"], f"{entry['NAME']}_oldest"
    with psycopg.connect(**owner_parameters(), autocommit=True) as owner:
        owner.execute(f"CREATE DATABASE {name}")  # type: ignore[call-overload]
    connection.close()
    entry["NAME"] = name
    try:
        with as_owner():
            MigrationExecutor(connection).migrate(_first_migrations())
        with psycopg.connect(**owner_parameters()) as owner:
            owner.execute(ROWS.read_text(encoding="utf-8"))  # type: ignore[call-overload]
            _write_words(owner)
            counts = count_rows(owner)
        yield counts
    finally:
        connection.close()
        entry["NAME"] = before
        with psycopg.connect(**owner_parameters(), autocommit=True) as owner:
            owner.execute(f"DROP DATABASE {name}")  # type: ignore[call-overload]


def _first_migrations() -> list[tuple[str, str]]:
    disk = MigrationExecutor(connection).loader.disk_migrations
    return [min(key for key in disk if key[0] == app) for app in FIRST]


def _write_words(owner: "psycopg.Connection[tuple[object, ...]]") -> None:
    key = encryption.new_key()
    wrapped = encryption.wrap_key(known.SHINRAI_MASTER_KEY, key)
    owner.execute(
        "INSERT INTO privacy_personkey (id, workspace_id, wrapped, made_at)"
        " OVERRIDING SYSTEM VALUE VALUES (1, 1, %s, now())",
        [wrapped],
    )
    owner.execute(
        "INSERT INTO privacy_sealedwords (id, key_id, sealed)"
        " OVERRIDING SYSTEM VALUE VALUES (1, 1, %s)",
        [encryption.encrypt(key, WORDS)],
    )


def test_what_the_first_release_wrote_is_all_there(oldest: dict[str, int]) -> None:
    applied = migration.migrate().applied

    assert len(applied) > 40
    assert migration.is_up_to_date()
    with psycopg.connect(**owner_parameters()) as owner:
        now = count_rows(owner)
    kept = {name: count for name, count in oldest.items() if name != "django_migrations"}
    grown = {name for name in kept if now.get(name) != kept[name]}
    assert grown <= {"django_content_type", "auth_permission"}
    assert sum(kept.values()) > 20

    [filed, answered] = investigation(workspace_id=1, source_key="CRE-1").steps
    assert (filed.kind, answered.kind, answered.at.hour) == ("filed", "answered", 3)
    assert read_words([1]) == {1: WORDS}
    assert Observation.objects.count() == 3
    assert all(one.said for one in Observation.objects.all()), "packed on the way"


def test_and_the_desk_goes_on_from_there(oldest: dict[str, int], settings) -> None:
    migration.migrate()

    assert follow_open_cases() == 2, "one is answered"
    published = refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=LATER)
    assert published["investigation_facts"].rows == 3
    assert seal_audit() == 2
    assert verify_audit(chain=1).breaks == ()
    client = Client()
    client.force_login(User.objects.get(email="yui@example.jp"))
    page = client.get("/w/kawa/queue/").content.decode()
    assert ["CRE-1" in page, "CRE-2" in page, "CRE-3" in page] == [False, True, True]
