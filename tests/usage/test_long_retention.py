"""Retention over many buckets, of days counted again, and as of a moment within a day."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shinrai.usage.facts import DAYS
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import Span
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse
from tests.usage.filling import WORKSPACE, Act, fill, scope_of

pytestmark = pytest.mark.records
FIRST = date(2026, 1, 1)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
LATER = datetime(2026, 12, 1, tzinfo=UTC)
TWO_DAYS = Span("day", FIRST, FIRST + timedelta(days=1))


@pytest.mark.parametrize("kind", ["recurring", "first-time"])
@pytest.mark.parametrize("days", [1, 5, 6, 59, 60, 61, 119, 120, 180])
def test_whoever_returns_after_so_many_days_is_in_that_column_alone(tmp_path, kind, days):
    warehouse = Warehouse(str(tmp_path))
    hana, ken = 1, 2
    fill(warehouse, [Act(hana, NOON), Act(ken, NOON), Act(hana, NOON + timedelta(days=days))])

    request = RetentionRequest(TWO_DAYS, periods=200, kind=kind)
    cohorts = retention(scope_of(warehouse, at=LATER), request).cohorts

    assert [n for n, count in enumerate(cohorts[0].returned) if count] == [0, days]
    assert cohorts[0].returned[0] == 2
    assert cohorts[0].returned[days] == 1
    assert cohorts[1].size == (1 if days == 1 and kind == "recurring" else 0)


def test_a_day_counted_again_counts_once(tmp_path):
    warehouse, back_at = Warehouse(str(tmp_path)), NOON + timedelta(days=3)
    fill(warehouse, [Act(1, NOON), Act(1, back_at)])
    on, us = back_at.date(), int(back_at.timestamp()) * 10**6
    row = (WORKSPACE, 1, "studied", on, on, 2, us, None, 2, False)
    columns = {name: [value] for name, value in zip(DAYS.schema().names, row, strict=True)}
    how = {"app": "usage", "since": 1, "upto": 2, "at": LATER, "each_once": True}
    append_rows(warehouse, DAYS, [DAYS.batch(columns)], **how)

    def returned(minimum):
        request = RetentionRequest(TWO_DAYS, 4, minimum=minimum)
        return retention(scope_of(warehouse, at=LATER), request).cohorts[0].returned

    assert returned(1) == returned(2) == (1, 0, 0, 1)
    assert returned(3) == (1, 0, 0, 0)


@pytest.mark.parametrize(("hours", "size"), [(-1, 0), (0, 1), (1, 1)])
def test_what_was_done_later_on_the_day_asked_about_is_not_known_yet(tmp_path, hours, size):
    warehouse = Warehouse(str(tmp_path))
    fill(warehouse, [Act(1, NOON), Act(2, NOON + timedelta(hours=2))])

    found = retention(
        scope_of(warehouse, at=NOON + timedelta(hours=hours)), RetentionRequest(TWO_DAYS, 2)
    )

    assert found.cohorts[0].size == size
