"""The page on which Takahashi, the CRE engineer, asks in SQL, and what others are shown."""

import json
from io import BytesIO

import pyarrow.parquet as pq
import pytest
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.explore.models import QueryRun
from tests.explore.stage import LOGIN, REFUND

pytestmark = [pytest.mark.django_db(transaction=True)]
BY_TOPIC = "SELECT topic, count(*) AS n FROM inquiries GROUP BY topic ORDER BY n DESC"


@pytest.fixture
def ask(stage):
    def post(sql, who=None, **more):
        client = (who or stage.cast.engineer).client()
        return client.post("/w/tanuki/sql/", {"sql": sql, **more})

    return post


def test_says_what_the_tables_hold(stage):
    page = stage.cast.engineer.client().get("/w/tanuki/sql/")

    words = strip_tags(page.content.decode())
    assert "first human reply of substance" in words
    assert "it did not happen" in words
    assert "inquiry_groups" in words
    assert "FROM inquiries" in words  # a first question stands there


def test_answers_as_a_table_with_the_versions_it_rests_on(ask):
    page = ask(BY_TOPIC).content.decode()

    assert '<td>login</td><td class="number">12</td>' in page
    assert "?run=" in page
    assert "<code>inquiries</code>" in page


def test_a_link_to_a_run_brings_back_its_text_and_parameters(stage, ask):
    ask("SELECT count(*) AS n FROM inquiries WHERE topic IN {{topics}}", p_topics="login, refund")
    run = QueryRun.objects.get()

    page = stage.cast.manager.client().get(f"/w/tanuki/sql/?run={run.pk}").content.decode()

    assert "WHERE topic IN {{topics}}" in page
    assert 'value="login, refund"' in page
    assert run.rows == 1


def test_a_parameter_is_asked_for_before_anything_runs(ask):
    page = ask("SELECT count(*) FROM inquiries WHERE received_on >= {{from}}")

    assert page.status_code == 422
    assert 'name="p_from"' in page.content.decode()
    assert not QueryRun.objects.exists()


def test_dates_lists_and_texts_are_bound(ask):
    sql = (
        "SELECT count(*) AS n FROM inquiries WHERE received_on >= {{from}} AND topic IN {{topics}}"
        " AND topic != {{other}}"
    )

    page = ask(sql, **{"p_from": "2026-05-12", "p_topics": "refund,x", "p_other": "'; DROP"})

    assert f'<td class="number">{REFUND}</td>' in page.content.decode()


@pytest.mark.parametrize("form", ["csv", "json", "xlsx", "parquet"])
def test_is_taken_away_as_a_file_and_recorded_as_a_download(ask, form):
    answer = ask(BY_TOPIC, format=form)

    assert f".{form}" in answer["Content-Disposition"]
    assert AuditEntry.objects.filter(kind="export", lines=2).count() == 1
    if form == "csv":
        assert answer.content.decode("utf-8-sig").splitlines() == [
            "topic,n",
            f"login,{LOGIN}",
            f"refund,{REFUND}",
        ]
    if form == "json":
        assert json.loads(answer.content)["rows"] == [["login", LOGIN], ["refund", REFUND]]
    if form == "parquet":
        assert pq.read_table(BytesIO(answer.content)).to_pylist()[0] == {"topic": "login", "n": 12}


def test_a_refused_run_says_why_and_keeps_what_was_typed(ask):
    page = ask("SELECT * FROM accounts_user")

    words = strip_tags(page.content.decode())
    assert page.status_code == 422
    assert "table accounts_user is not among those you can read" in words
    assert "SELECT * FROM accounts_user" in words
    assert QueryRun.objects.get().state == "refused"


def test_who_does_not_answer_customers_reads_groups(stage, ask):
    page = ask(BY_TOPIC, who=stage.cast.product_engineer)

    words = strip_tags(page.content.decode())
    assert "table inquiries is not among those you can read: inquiry_groups, usage_groups" in words


def test_the_history_is_the_members_own_and_the_auditors_see_all(stage, ask):
    ask(BY_TOPIC)
    ask("SELECT 1 AS mine", who=stage.cast.agent)

    own = stage.cast.agent.client().get("/w/tanuki/sql/runs/").content.decode()
    all_of_them = stage.cast.manager.client().get("/w/tanuki/sql/runs/").content.decode()

    assert "AS mine" in own
    assert "GROUP BY topic" not in own
    assert "AS mine" in all_of_them
    assert "GROUP BY topic" in all_of_them


def test_a_run_that_is_on_is_cancelled_by_its_member_alone(stage):
    at = stage.now
    for who in (stage.cast.engineer, stage.cast.agent):
        QueryRun.objects.create(
            workspace_id=stage.there.id,
            state="running",
            role="cases",
            sql="SELECT 1",
            started_at=at,
            by=who.member.key,
        )

    stage.cast.engineer.client().post("/w/tanuki/sql/cancel/")

    assert sorted(QueryRun.objects.values_list("state", flat=True)) == ["cancelled", "running"]


def test_visitors_of_made_up_data_see_the_tables_and_run_nothing(stage):
    client = stage.cast.nobody.client()

    assert client.get("/w/kitsune/sql/").status_code == 200
    assert client.post("/w/kitsune/sql/", {"sql": "SELECT 1"}).status_code == 403
    assert client.get("/w/tanuki/sql/").status_code == 302


def test_cells_are_text_whatever_they_hold(ask):
    page = ask("SELECT '<script>alert(1)</script>' AS \"<b>x</b>\"").content.decode()

    assert "<script>alert" not in page
    assert "<b>x</b>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
