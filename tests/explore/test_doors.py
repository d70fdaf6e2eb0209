"""The same number by command and over the API as on the page; and what old runs leave."""

import json
from datetime import timedelta

import pytest
from click.testing import CliRunner

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.explore.commands.group import group
from shinrai.explore.models import QueryRun
from shinrai.explore.operations.runs import forget_runs
from tests.api.caller import key_of
from tests.explore.stage import LOGIN, REFUND

pytestmark = [pytest.mark.django_db(transaction=True)]
COUNT = "SELECT count(*) AS n FROM inquiries WHERE topic IN {{topics}}"


@pytest.fixture
def command(stage, tmp_path):
    def run(sql, *words):
        path = tmp_path / "question.sql"
        path.write_text(sql, encoding="utf-8")
        return CliRunner().invoke(group, ["run", str(path), "--workspace", "tanuki", *words])

    return run


def test_one_number_by_page_command_and_api(stage, command):
    page = stage.cast.engineer.client().post(
        "/w/tanuki/sql/", {"sql": COUNT, "p_topics": "login,refund", "format": "json"}
    )
    words = ("--param", "topics=login", "--param", "topics=refund")
    by_command = json.loads(command(COUNT, *words, "--json").output)
    by_key = key_of(stage.cast.workspace, Role.CRE_ENGINEER).post(
        "sql/runs", sql=COUNT, parameters={"topics": ["login", "refund"]}
    )

    assert page.json()["rows"] == by_command["rows"] == by_key.json()["rows"] == [[LOGIN + REFUND]]
    assert page.json()["versions"] == by_command["versions"]


def test_a_command_ends_by_what_was_the_matter(command):
    runaway = command("SELECT count(*) FROM range(1000000000000)", "--limit", "1")
    refused = command("DROP TABLE inquiries")

    assert (runaway.exit_code, refused.exit_code) == (1, 2)
    assert "longer than 1 seconds" in runaway.output
    assert "only SELECT and EXPLAIN" in refused.output


def test_a_command_prints_csv_and_lists_tables_and_runs(command):
    printed = command(COUNT, "--param", "topics=login", "--csv").output
    assert printed.lstrip("\ufeff").split() == ["n", f"{LOGIN}"]
    tables = CliRunner().invoke(group, ["tables", "--workspace", "tanuki", "--view", "groups"])
    assert "inquiry_groups" in tables.output
    assert "case_key" not in tables.output
    runs = CliRunner().invoke(group, ["runs", "--workspace", "tanuki"])
    assert COUNT in runs.output


def test_the_api_says_the_tables_of_the_role_and_refuses_the_rest(stage):
    engineer = key_of(stage.cast.workspace, Role.PRODUCT_ENGINEER)

    names = [one["name"] for one in engineer.get("sql/tables").json()["tables"]]
    refused = engineer.post("sql/runs", sql="SELECT * FROM inquiries")

    assert names == ["inquiry_groups", "usage_groups"]
    assert refused.status_code == 422
    assert "not among those you can read" in refused.json()["detail"]


def test_a_key_cancels_what_its_member_runs(stage):
    key = key_of(stage.cast.workspace, Role.CRE_ENGINEER, Scope.WRITE)
    _run(stage, by=key.record.member.key)

    assert key.post("sql/runs/cancel").json() == {"cancelled": 1}
    assert QueryRun.objects.get().state == "cancelled"


def test_runs_of_the_worker_go_after_a_week_and_lost_ones_have_failed(stage):
    _run(stage, by="worker", days=8, state="done")
    _run(stage, by="staff:1", days=8)
    _run(stage, by="staff:1", days=401, state="done")

    assert forget_runs(at=stage.now) == 2
    assert QueryRun.objects.get().state == "failed"


def _run(stage, *, by, days=0, state="running"):
    return QueryRun.objects.create(
        workspace_id=stage.there.id,
        state=state,
        role="cases",
        sql="SELECT 1",
        started_at=stage.now - timedelta(days=days),
        by=by,
    )
