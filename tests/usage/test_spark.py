"""Every measure gives the same rows on Spark; skipped with a reason where it is not there."""

import os
import shutil
from datetime import UTC, date, datetime, timedelta

import pytest

from shinrai.usage.facts import EVENT_TABLES
from shinrai.usage.measures import habit
from shinrai.usage.measures.retention import Returning, triangle
from shinrai.usage.rules.periods import PeriodBuckets
from shinrai.warehouse.query import run
from shinrai.warehouse.spark import run_on_spark
from shinrai.warehouse.store import Warehouse
from tests.usage.filling import WORKSPACE, Act, fill, scope_of

pyspark_sql = pytest.importorskip("pyspark.sql", reason="PySpark, an extra, is not installed")
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17"),
]
BEGIN = datetime(2026, 2, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def session():
    """Open a small Spark on the loopback, and stop it."""
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"  # else its workers listen to the outside
    builder = pyspark_sql.SparkSession.builder.master("local[2]")
    builder = builder.config("spark.sql.shuffle.partitions", "2")
    session = builder.config("spark.ui.enabled", "false").getOrCreate()
    yield session
    session.stop()


def questions(scope):
    """Ask in every zone and by every period, of days and of events."""
    tokyo, pacific = (PeriodBuckets("day", zone) for zone in ("Asia/Tokyo", "US/Pacific"))
    first = tokyo.of_day(date(2026, 3, 1))
    found = habit.active(scope.reading(tokyo))
    yield "triangle", triangle(scope.reading(tokyo), Returning(first, first + 9, 5))
    asked = Returning(
        first - 5, first + 9, 5, kind="first-ever", minimum=2, where=(("$browser", 'a"b'),)
    )
    yield "first ever, by events", triangle(scope.reading(pacific), asked)
    asked = Returning(first, first + 9, 5, windows=True, back="opened")
    yield "windows", triangle(scope.reading(tokyo, windows=True), asked)
    asked = Returning(0, 10**6, 5, kind="first-time", is_cumulative=True)
    for period in ("hour", "week", "month"):
        yield (
            f"cumulative by {period}",
            triangle(scope.reading(PeriodBuckets(period, "UTC")), asked),
        )
    yield "stickiness", habit.stickiness(found, first=first, last=first + 20)
    yield "lifecycle", habit.lifecycle(found)
    yield "actives", habit.actives(found, days=7)
    yield "active days", habit.active_days(found, months=PeriodBuckets("month", "Asia/Tokyo"))
    yield "streaks", habit.streaks(found)
    yield "lives", habit.lives(found)


def test_answers_alike(session, tmp_path):
    warehouse = Warehouse(str(tmp_path / "tables"))
    browsers = ('{"$browser":"a\\"b"}', '{"$browser": "c"}', None)
    acts = [
        Act(
            n % 7,
            BEGIN + timedelta(minutes=n * n * 7 % 40_000),
            "opened" if n % 3 else "studied",
            properties=browsers[n % 5 % 3],
        )
        for n in range(200)
    ]
    fill(warehouse, acts, zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=datetime(2026, 9, 1, tzinfo=UTC), zone="Asia/Tokyo")
    how = {"tables": EVENT_TABLES, "within": {"workspace_id": WORKSPACE}}

    for name, expression in questions(scope):
        expression = expression.order_by(*expression.columns)
        duck = run(warehouse, expression, **how)
        assert duck.rows.num_rows, name
        assert run_on_spark(session, warehouse, expression, **how).records() == duck.records(), name
