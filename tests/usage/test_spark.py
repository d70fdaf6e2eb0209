"""Every measure gives the same rows on Spark; skipped with a reason where it is not there."""

import shutil
import sys
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shinrai.units.moments import epoch_us
from shinrai.usage.facts import EVENT_TABLES
from shinrai.usage.measures import habit
from shinrai.usage.measures.retention import KINDS, Returning, triangle
from shinrai.usage.queries import habit as habit_of
from shinrai.usage.queries.activity import actives, lifecycle, stickiness
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import Span
from shinrai.usage.queries.survival import usage_survival
from shinrai.usage.rules.periods import PeriodBuckets
from shinrai.warehouse.query import run_all
from shinrai.warehouse.spark import run_all_on_spark, session_at
from shinrai.warehouse.store import Warehouse
from tests.usage.conftest import KEYS
from tests.usage.filling import WORKSPACE, Act, fill, scope_of

pytest.importorskip("pyspark.sql", reason="PySpark, an extra, is not installed")
pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(shutil.which("java") is None, reason="Spark needs Java 17"),
]
CLUSTER = "local-cluster[2,1,1024]"
BEGIN = datetime(2026, 2, 27, tzinfo=UTC)


@pytest.fixture(scope="module")
def session(tmp_path_factory, storage):
    """Start a Spark of two worker processes on the loopback, and stop it."""
    conf = tmp_path_factory.mktemp("conf")
    (conf / "spark-defaults.conf").write_text(
        "spark.sql.shuffle.partitions 2\nspark.driver.host 127.0.0.1\n"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")  # else its workers listen to the outside
        patch.setenv("SPARK_CONF_DIR", str(conf))
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        session_at.cache_clear()
        # workers open object storage by themselves
        found = session_at(CLUSTER, (*KEYS.items(), ("AWS_ENDPOINT_URL", storage)))
        yield found
        found.stop()
        session_at.cache_clear()


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


def figures(scope):
    """Ask for every measure of usage, as commands and pages do."""
    march = Span("day", date(2026, 3, 1), date(2026, 3, 20))
    week = replace(march, period="week", week_starts="monday", zone="US/Pacific")
    for kind in KINDS:
        yield (
            f"retention {kind}",
            retention(scope, RetentionRequest(week, 4, back="opened", kind=kind)),
        )
    yield "stickiness", stickiness(scope, march)
    yield "lifecycle", lifecycle(scope, march)
    yield "actives", actives(scope, march)
    dates = {"since": march.since, "until": march.until}
    yield "active days", habit_of.active_days(scope, **dates)
    yield "learning", habit_of.learning_retention(scope, **dates, least_days=2)
    yield "streaks", habit_of.streaks(scope)
    yield "lives", habit_of.lives(scope)
    yield "churned", habit_of.churned(scope, idle_days=150)
    yield "survival", usage_survival(scope, idle_days=30)


def filled(warehouse):
    """Lay events of seven people over four weeks."""
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
    return scope_of(warehouse, at=datetime(2026, 9, 1, tzinfo=UTC), zone="Asia/Tokyo")


def test_every_expression_answers_alike(session, tmp_path):
    scope = filled(Warehouse(str(tmp_path / "tables")))
    how = {"tables": EVENT_TABLES, "within": {"workspace_id": WORKSPACE}}
    how["parameters"] = {"at": epoch_us(scope.at)}
    asked = {name: one.order_by(*one.columns) for name, one in questions(scope)}

    duck = run_all(scope.warehouse, asked, **how)
    spark = run_all_on_spark(session, scope.warehouse, asked, **how)
    for name in asked:
        assert duck[name].rows.num_rows, name
        assert spark[name].records() == duck[name].records(), name


@pytest.mark.parametrize("who", [{"persons": {1: 2, 3: 2}}, {"people": frozenset({2, 4})}], ids=str)
def test_the_setting_alone_moves_every_measure_to_spark(session, tmp_path, settings, who):
    scope = replace(filled(Warehouse(str(tmp_path / "tables"))), **who)
    duck = dict(figures(scope))
    settings.SHINRAI_ENGINE = CLUSTER
    assert dict(figures(scope)) == duck


def test_a_table_nobody_filled_is_empty_there_too(session, tmp_path, settings):
    settings.SHINRAI_ENGINE = CLUSTER
    scope = scope_of(Warehouse(str(tmp_path / "none")), at=datetime(2026, 9, 1, tzinfo=UTC))
    assert habit_of.streaks(scope) == []


def test_spark_reads_from_object_storage_without_a_jar(session, bucket, settings):
    scope = filled(Warehouse(bucket))
    duck = dict(figures(scope))
    settings.SHINRAI_ENGINE = CLUSTER
    assert dict(figures(scope)) == duck
