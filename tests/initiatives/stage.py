"""A KPI whose weeks are typed by hand, and Kobayashi's initiative that is judged by it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.initiatives.queries.results import Asker
from shinrai.units.measure import Measure
from shinrai.units.text import verbatim
from shinrai.warehouse.kpis import PERSON, Kpi, KpiQuestion, KpiRow, kpis
from shinrai.warehouse.store import Warehouse

START = date(2026, 9, 7)  # a Monday
END = date(2026, 11, 8)  # nine weeks
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
KOBAYASHI = "member:kobayashi"
# What the KPI was: (date, group, person) -> (of, count). Tests fill it.
ROWS: list[tuple[date, str, str, int, float]] = []


def read(warehouse: Warehouse, key: str, asked: KpiQuestion) -> list[KpiRow]:
    """Return the typed rows of the dates and the population that are asked about."""
    return [
        KpiRow(on, person if asked.by == PERSON else group, of, count, None)
        for on, group, person, of, count in ROWS
        if asked.since <= on <= asked.until and on <= asked.at.date()
        and asked.only.get("school", group) == group
    ]  # fmt: skip


def _kpi(key: str) -> Kpi:
    measure = Measure(
        key=key, version=1, question="How many?", owner="tests", grain=("workspace_id",),
        unit="cases", numerator="in time", denominator="all", better="higher",
        unknown_when="never", of_cases=False,
    )  # fmt: skip
    fields = {"school": verbatim("School")}
    return Kpi(measure, verbatim(key), "share", fields, read)


KPIS = (_kpi("in_time"), _kpi("kindly"))


@pytest.fixture
def typed(settings: Any) -> Iterator[list[tuple[date, str, str, int, float]]]:
    """Let the typed KPI be the only one; 40 cases a week before the start, 32 of them in time."""
    settings.SHINRAI_KPIS = ("tests.initiatives.stage.KPIS",)
    kpis.cache_clear()
    ROWS.clear()
    for place in range(-12, 0):
        ROWS.append((START + place * WEEK, "", "", 40, 32))
    yield ROWS
    ROWS.clear()
    kpis.cache_clear()


def asker(workspace: WorkspaceRecord, on: date) -> Asker:
    """Ask at noon of a day."""
    return Asker(workspace, Warehouse("unused"), datetime(on.year, on.month, on.day, 3, tzinfo=UTC))


def declaration(**changes: Any) -> dict[str, Any]:
    """Return what Kobayashi declares, with changes."""
    return {
        "key": "templates", "name": "回答テンプレート", "hypothesis": "Templates save a day.",
        "arrow": "cs_support", "kpi": "in_time", "direction": "up", "effect": 10,
        "starts_on": START, "ends_on": END, "owner": "Kobayashi", **changes,
    }  # fmt: skip
