"""What members are answered in SQL, and what is recorded of it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from shinrai.accounts.models import AuditEntry
from shinrai.explore.models import MaskedSnapshot, QueryRun
from shinrai.explore.operations.runs import needs_of
from shinrai.explore.operations.snapshots import prepare_snapshots
from shinrai.explore.rules.answer import QueryFailed, QueryRefused, SqlRequest
from shinrai.explore.rules.permission import CASES, GROUPS
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.explore.stage import LOGIN, REFUND, SECRET, asks

pytestmark = [pytest.mark.django_db(transaction=True)]


def test_counts_by_topic_and_records_the_run(stage):
    answer = stage.ask("SELECT topic, count(*) AS n FROM inquiries GROUP BY topic ORDER BY n DESC")

    assert answer.rows == (("login", LOGIN), ("refund", REFUND))
    assert [(column.name, column.kind) for column in answer.columns] == [
        ("topic", "text"),
        ("n", "number"),
    ]
    assert set(answer.versions) == {"inquiries"}
    run = QueryRun.objects.get()
    assert (run.state, run.rows, run.by) == ("done", 2, "staff:1")
    assert "GROUP BY topic" in run.sql
    assert AuditEntry.objects.filter(subject=f"sql_run:{run.pk}", what="run SQL").count() == 1


def test_groups_are_finished_weeks_of_at_least_five_customers(stage):
    """In the week of 4 May seven wrote about signing in, in that of 11 May five, and three about
    refunds: too few to stand for themselves, or as "other"."""
    answer = stage.ask("SELECT * FROM inquiry_groups ORDER BY week_on", GROUPS)

    names = [column.name for column in answer.columns]
    rows = [dict(zip(names, row, strict=True)) for row in answer.rows]
    assert [(f"{row['week_on']}", row["topic"], row["inquiry_count"]) for row in rows] == [
        ("2026-05-04", "login", 7),
        ("2026-05-11", "login", 5),
    ]
    assert all(row["person_count"] >= 5 for row in rows)
    assert answer.hidden == 1


def test_both_views_count_the_same_groups(stage):
    sql = "SELECT sum(inquiry_count) FROM inquiry_groups WHERE topic = 'login'"

    assert stage.ask(sql).rows == stage.ask(sql, GROUPS).rows == ((LOGIN,),)
    assert stage.ask("SELECT count(*) FROM inquiries WHERE topic = 'login'").rows == ((LOGIN,),)


ROUNDABOUT = (
    "SELECT * FROM inquiries",
    "SELECT customer_id FROM inquiry_groups",
    "SELECT case_key FROM inquiry_groups",
    "SELECT g.* FROM inquiry_groups g JOIN inquiries i ON i.topic = g.topic",
    "SELECT * FROM inquiry_groups ORDER BY customer_id",
    "SELECT * FROM inquiry_groups WHERE topic = (SELECT topic FROM inquiries LIMIT 1)",
    "SELECT * FROM inquiry_groups GROUP BY ALL HAVING min(case_id) > 0",
    "SELECT * FROM usage_days",
    "SELECT * FROM work",
    "SELECT * FROM clocks",
    "SELECT COLUMNS('customer.*') FROM inquiry_groups",
)


def test_who_reads_groups_reaches_no_row_of_a_case(stage):
    for sql in ROUNDABOUT:
        with pytest.raises((QueryRefused, QueryFailed)):
            stage.ask(sql, GROUPS)


NARROW = (
    "SELECT topic, inquiry_count FROM inquiry_groups WHERE topic = 'refund'",
    "SELECT * FROM inquiry_groups WHERE person_count < 5",
    "SELECT * FROM inquiry_groups WHERE topic NOT IN ('login')",
    "SELECT * FROM inquiry_groups TABLESAMPLE 100% WHERE topic != 'login'",
    "SELECT topic FROM inquiry_groups EXCEPT SELECT 'login'",
    "SELECT * FROM inquiry_groups WHERE week_on > DATE '2026-05-11'",
    "SELECT * FROM inquiry_groups WHERE topic IS NULL OR channel IS NULL AND topic != 'login'",
    "SELECT max(topic) m FROM inquiry_groups HAVING m != 'login'",
)


def test_no_narrow_question_finds_a_small_group(stage):
    """The three who asked for refunds are in no row, however the rows are asked for."""
    assert {sql: stage.ask(sql, GROUPS).rows for sql in NARROW} == dict.fromkeys(NARROW, ())


def test_sums_set_against_each_other_tell_of_no_small_group(stage):
    """All minus those about signing in: nobody is left, though three more had written."""
    sql = (
        "SELECT sum(inquiry_count) - sum(inquiry_count) FILTER (WHERE topic = 'login')"
        " FROM inquiry_groups"
    )

    assert stage.ask(sql, GROUPS).rows == ((0,),)


ELSEWHERE = (
    "SELECT count(*) FROM inquiries WHERE case_key = {{secret}}",
    "SELECT count(*) FROM topics WHERE label = {{secret}}",
    "SELECT count(*) FROM work WHERE topic = {{secret}}",
    "SELECT count(*) FROM inquiries WHERE topic LIKE 'TOP-%' OR case_key LIKE '%' || {{secret}}",
    "SELECT count(*) FROM inquiry_groups WHERE topic = {{secret}}",
)


def test_another_workspace_is_not_there(stage):
    found = {sql: stage.ask(sql, secret=SECRET).rows for sql in ELSEWHERE}

    assert found == dict.fromkeys(ELSEWHERE, ((0,),))


def test_columns_held_back_are_not_there(stage):
    for column in ("workspace_id", "double_labels", "revision", "gone"):
        with pytest.raises(QueryFailed):
            stage.ask(f"SELECT {column} FROM inquiries")


def test_an_error_of_the_engine_is_said_but_no_value_is_kept(stage):
    with pytest.raises(QueryFailed, match="login"):
        stage.ask("SELECT CAST(topic AS INT) FROM inquiries")

    run = QueryRun.objects.get()
    assert run.state == "failed"
    assert "login" not in run.reason


def test_a_runaway_is_stopped_and_said(stage):
    with pytest.raises(QueryFailed, match="longer than 1 seconds"):
        stage.ask("SELECT count(*) FROM range(1000000000000)", limit_s=1.0)

    assert QueryRun.objects.get().state == "stopped"
    assert stage.ask("SELECT 1").rows == ((1,),)


def test_says_which_columns_a_question_needs(stage):
    request = SqlRequest(
        stage.there.id,
        CASES,
        "SELECT topic, count(*) FROM inquiries i WHERE i.mode = 'direct' GROUP BY topic",
    )

    assert set(needs_of(request=request)) == {"inquiries.topic", "inquiries.mode"}


def test_snapshots_are_written_anew_only_when_tables_move(stage):
    assert prepare_snapshots(workspace=stage.there, at=stage.now) == 0

    asks(stage.there.id, "IN-99", 18, "login", "L-99")
    refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=stage.now)

    assert prepare_snapshots(workspace=stage.there, at=stage.now) == 2
    assert stage.ask("SELECT count(*) FROM inquiries").rows == ((LOGIN + REFUND + 1,),)


def test_only_the_newest_two_snapshots_of_a_view_stay(stage):
    for week in range(1, 4):
        prepare_snapshots(workspace=stage.there, at=stage.now + timedelta(weeks=week))

    assert MaskedSnapshot.objects.filter(role=CASES).count() == 2
    folders = Path(settings.SHINRAI_HOME) / "explore" / str(stage.there.id)
    assert len(list(folders.glob("cases-*"))) == 2
