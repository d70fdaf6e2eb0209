"""Return in the next week: Hina studies three weeks running, Sora one, and this week is open."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from shinrai.usage.queries.kpis import return_by_week
from shinrai.warehouse.kpis import PERSON, KpiQuestion, KpiRow
from shinrai.warehouse.store import Warehouse
from tests.usage.filling import WORKSPACE, Act, fill

pytestmark = pytest.mark.django_db
HINA, SORA = 1, 2
MONDAY = date(2026, 6, 1)
WEEK = timedelta(weeks=1)


def studied(actor: int, week: int, weekday: int = 2) -> Act:
    at = datetime(2026, 6, 1, 8, tzinfo=UTC) + week * WEEK + timedelta(days=weekday)
    return Act(actor, at)


def asked(warehouse: Warehouse, *, since: date = MONDAY, by: str = "") -> list[KpiRow]:
    at = datetime(2026, 6, 24, 12, tzinfo=UTC)  # the fourth week is under way
    question = KpiQuestion(WORKSPACE, since, at.date(), at, "UTC", {}, by)
    rows = return_by_week(warehouse, "next_week_return", question)
    return sorted(rows, key=lambda row: (row.on, row.group))


def test_a_week_counts_at_its_monday_once_the_next_is_over(tmp_path: Path) -> None:
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    acts = [studied(HINA, 0), studied(HINA, 0, 6), studied(HINA, 1), studied(HINA, 2)]
    fill(warehouse, [*acts, studied(HINA, 3, 0), studied(SORA, 0, 0)])

    assert asked(warehouse) == [
        KpiRow(MONDAY, "", 2, 1, None),
        KpiRow(MONDAY + WEEK, "", 1, 1, None),
    ]
    assert asked(warehouse, since=MONDAY + timedelta(1)) == [KpiRow(MONDAY + WEEK, "", 1, 1, None)]
    by_person = asked(warehouse, by=PERSON)
    assert [(row.on, row.group, row.total) for row in by_person] == [
        (MONDAY, "1", 1), (MONDAY, "2", 0), (MONDAY + WEEK, "1", 1),
    ]  # fmt: skip
