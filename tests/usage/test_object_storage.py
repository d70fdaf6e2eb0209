"""Tables in object storage, by its address alone: filled, asked, compacted, mended; clear refusals.

Skipped with a reason where no such server is installed (bin/setup --spark).
"""

from datetime import UTC, datetime, timedelta

import pytest
from deltalake.fs import DeltaStorageHandler
from pyarrow.fs import PyFileSystem

from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.operations.events import receive_events
from shinrai.usage.operations.move import move_all
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.usage.rules.event import UsageEvent
from shinrai.usage.tasks import compact
from shinrai.warehouse.query import run
from shinrai.warehouse.repair import is_damaged, repair
from shinrai.warehouse.store import StorageUnreachable, TableDamaged, Warehouse
from tests.usage.conftest import told
from tests.warehouse.library import LOANS, NORTH, Loan, publish_loans, true_loans

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
NOON = datetime(2026, 6, 1, 3, tzinfo=UTC)


def come_in(warehouse, workspace_id, days):
    """Take in what Aoi and Ren do, a day at a time, as the worker would."""
    for day in days:
        at = NOON + timedelta(days=day)
        for who in ("aoi", "ren")[: 2 - day % 2]:
            event = UsageEvent(id=f"{who}{day}", actor=who, name="studied", at=at)
            receive_events(workspace_id=workspace_id, events=[event], received_at=at)
        move_all(warehouse, at=at)


def test_a_week_of_events_is_asked_and_compacted(bucket, cast, settings):
    settings.SHINRAI_WAREHOUSE = bucket
    warehouse = Warehouse(bucket)
    come_in(warehouse, cast.workspace.id, range(7))
    come_in(warehouse, cast.workspace.id, range(2))  # sent again: counted once

    scope = UsageScope(cast.workspace.id, "Asia/Tokyo", NOON + timedelta(days=9), warehouse)
    first = NOON.date()
    asked = RetentionRequest(Span("day", first, first), 7)
    [cohort] = retention(scope, asked).cohorts
    assert cohort.returned == (2, 1, 2, 1, 2, 1, 2)

    files = len(warehouse.delta(DAYS).file_uris())
    compact()
    assert len(warehouse.delta(DAYS).file_uris()) < files
    assert retention(scope, asked).cohorts == (cohort,)
    assert run(warehouse, EVENTS.unbound(), tables=[EVENTS]).rows.num_rows == 11


def test_a_lost_file_is_found_and_its_rows_come_anew(bucket):
    warehouse = Warehouse(bucket)
    publish_loans(warehouse, Loan(NORTH, 1), Loan(NORTH, 2))
    assert not is_damaged(warehouse, LOANS)
    [uri] = warehouse.delta(LOANS).file_uris()
    place = warehouse.place(LOANS)
    PyFileSystem(DeltaStorageHandler(place)).delete_file(uri.removeprefix(f"{place}/"))
    with pytest.raises(TableDamaged):
        run(warehouse, LOANS.unbound(), tables=[LOANS])
    assert repair(warehouse, LOANS)  # its rows must be published again
    assert warehouse.delta(LOANS) is not None


def test_what_refuses_says_where_to_look_and_is_no_damage(bucket, storage, monkeypatch):
    publish_loans(Warehouse(bucket), Loan(NORTH, 1))
    absent = Warehouse("s3://nobody-made-this/tables")
    for deed in (true_loans, lambda there: publish_loans(there, Loan(NORTH, 1)), damage):
        with pytest.raises(StorageUnreachable, match="specified bucket does not exist"):
            deed(absent)

    told(f"{storage}/moto-api/reset-auth", data=b"0")  # from now on it looks at keys
    try:
        with pytest.raises(StorageUnreachable, match=r"privileges|Access Key Id you provided"):
            true_loans(Warehouse(bucket))
    finally:
        told(f"{storage}/moto-api/reset-auth", data=b"1e9")

    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    with pytest.raises(StorageUnreachable, match="Connection refused"):
        true_loans(Warehouse(bucket))


def damage(warehouse):
    return is_damaged(warehouse, LOANS)
