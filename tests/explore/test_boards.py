"""Kobayashi saves what was asked, pins it in two clicks, and reads the same number everywhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.cache import cache

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.delivery.models import Outbox
from shinrai.desk.operations.steps import take_step
from shinrai.explore.models import TileAnswer
from shinrai.explore.operations.alerts import set_alert
from shinrai.explore.operations.folder import apply_folder, changes
from shinrai.explore.operations.questions import save_question
from shinrai.explore.operations.snapshots import prepare_snapshots
from shinrai.explore.operations.tiles import refresh_tiles
from shinrai.explore.queries.dashboards import dashboard_named
from shinrai.explore.queries.folder import exported_files, read_folder
from shinrai.explore.queries.questions import (
    broken_by,
    dashboards_with,
    question_named,
    question_versions,
)
from shinrai.explore.rules.alerts import AlertRule
from shinrai.explore.rules.dashboard import (
    BadDashboard,
    Tile,
    moved,
    period_of,
    read_dashboard,
    with_tile,
)
from shinrai.explore.rules.permission import CASES
from shinrai.explore.rules.question import BadQuestion, QuestionFields, checked_question
from shinrai.ledger.queries import case_head
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.api.caller import key_of
from tests.desk.stage import tokyo
from tests.explore.stage import LOGIN, NOW, REFUND

HERE = "/w/tanuki/"
BY_TOPIC = (
    "SELECT topic, count(*) AS inquiries FROM inquiries "
    "WHERE received_on BETWEEN {{from}} AND {{to}} GROUP BY topic"
)


class TestRules:
    @pytest.mark.parametrize(
        ("key", "first", "last"),
        [
            ("7-days", "2026-06-14", "2026-06-20"),
            ("28-days", "2026-05-24", "2026-06-20"),
            ("90-days", "2026-03-23", "2026-06-20"),
            ("13-weeks", "2026-03-23", "2026-06-20"),
            ("52-weeks", "2025-06-23", "2026-06-20"),
            ("month", "2026-06-01", "2026-06-20"),
            ("last-month", "2026-05-01", "2026-05-31"),
        ],
    )
    def test_dates_of_a_period_on_saturday_20_june(self, key: str, first: str, last: str) -> None:
        found = period_of(key, NOW.date())

        assert found.values == {"from": first, "to": last}

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ({"tile": []}, "title, period, tiles"),
            ({"period": "ever"}, "period is one of"),
            ({"tiles": [{"kind": "pie"}]}, "tile 1: kind is one of"),
            ({"tiles": [{"kind": "text", "text": "x", "width": 9}]}, "tile 1: width"),
            ({"tiles": [{"kind": "text"}]}, "tile 1: it has no text"),
            ({"tiles": [{"kind": "question"}]}, "tile 1: say which"),
            ({"tiles": ["x"]}, "tile 1: it has"),
            ({"tiles": [{"kind": "text", "text": "x", "id": "a"}] * 2}, "same id"),
            ({"tiles": [{"kind": "text", "text": "x"}] * 41}, "at most 40"),
        ],
    )
    def test_a_file_that_is_no_dashboard_names_the_tile(
        self, document: dict[str, Any], said: str
    ) -> None:
        with pytest.raises(BadDashboard, match=re.escape(said)):
            read_dashboard(document)

    def test_tiles_move_as_far_as_there_are_places(self) -> None:
        tiles = tuple(Tile(name, "text", text="x") for name in "abc")

        assert [one.id for one in moved(tiles, "c", -1)] == ["a", "c", "b"]
        assert [one.id for one in moved(tiles, "a", -5)] == ["a", "b", "c"]
        assert [one.id for one in moved(tiles, "a", 9)] == ["b", "c", "a"]
        assert moved(tiles, "z", 1) == tiles

    def test_the_same_question_twice_gets_another_id(self) -> None:
        tile = Tile("", "question", "late")
        twice = with_tile(with_tile((), tile), tile)

        assert [one.id for one in twice] == ["late", "late-2"]

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"title": " "}, "title"),
            ({"sql": ""}, "sql"),
            ({"sql": "SELECT {{channel}}"}, "defaults"),
            ({"description": "x" * 1001}, "description"),
        ],
    )
    def test_a_question_that_cannot_be_kept_names_its_field(
        self, changed: dict[str, str], field: str
    ) -> None:
        with pytest.raises(BadQuestion) as refused:
            checked_question(QuestionFields(**{"title": "Late", "sql": "SELECT 1", **changed}))

        assert refused.value.field == field


def save(stage: Any, key: str = "by-topic", sql: str = BY_TOPIC, **more: Any) -> Any:
    return save_question(
        workspace_id=stage.there.id, key=key, at=NOW, by="staff:1", is_new=True, view=CASES,
        fields=QuestionFields(title="Inquiries by topic", sql=sql, **more),
    )  # fmt: skip


@pytest.fixture
def clock(stage: Any) -> Any:
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield stage


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestFromSqlToATile:
    def test_in_two_clicks_the_same_number_as_sql_and_api(self, clock: Any) -> None:
        client = clock.cast.manager.client()
        form = client.post(HERE + "questions/new/", {"sql": BY_TOPIC, "p_from": "2026-05-01"})
        assert "FROM inquiries" in form.content.decode()
        typed = {"title": "By topic", "sql": BY_TOPIC, "save": "1", "chart": "bar top 5"}
        assert client.post(HERE + "questions/new/", typed, follow=True).status_code == 200
        step = {"what": "pin", "dashboard": ""}
        page = client.post(HERE + "questions/by-topic/steps/", step, follow=True).content.decode()

        asked = clock.ask(BY_TOPIC, **{"from": "2026-03-23", "to": "2026-06-20"})
        assert dict(asked.rows) == {"login": LOGIN, "refund": REFUND}
        assert f'<td>login</td><td class="number">{LOGIN}</td>' in page
        assert "<svg" in page
        caller = key_of(clock.cast.workspace, Role.MANAGER, Scope.READ)
        api = caller.get("dashboards/by-topic")
        [tile] = api.json()["tiles"]
        assert sorted(tile["answer"]["rows"]) == [["login", LOGIN], ["refund", REFUND]]
        assert question_named(workspace_id=clock.there.id, key="by-topic").needs == (
            "inquiries.received_on",
            "inquiries.topic",
        )
        assert {"save question", "save dashboard"} <= set(
            AuditEntry.objects.values_list("what", flat=True)
        )

    def test_a_measure_is_the_same_number_as_sql_and_the_quality_figure(self, clock: Any) -> None:
        """All twelve who wrote about signing in were answered and solved within a day."""
        for n in range(LOGIN):
            case = case_head(workspace_id=clock.there.id, record="inquiry", source_key=f"IN-{n}")
            for kind, words in (("outbound", "再設定してください。"), ("solved", None)):
                take_step(
                    case_id=case.id, kind=kind, at=tokyo(5 + n, 11, month=5), by="staff:1",
                    role="agent", words=words,
                )  # fmt: skip
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        refresh(warehouse, at=NOW)
        prepare_snapshots(workspace=clock.there, at=NOW)
        client = clock.cast.manager.client()
        client.post(HERE + "dashboards/new/", {"title": "Desk", "what": "new"})
        added = {"what": "add", "source": "measure:reopened_14"}
        client.post(HERE + "dashboards/desk/edit/", added)
        page = client.get(HERE + "dashboards/desk/", headers={"Accept-Language": "en"})
        [figure] = clock.ask(
            "SELECT count(*), count(returned_us) FROM inquiries WHERE first_solved_us IS NOT NULL"
        ).rows
        caller = key_of(clock.cast.workspace, Role.MANAGER, Scope.READ)
        span = {"from": "2026-03-23", "to": "2026-06-20"}
        api = caller.get("measures/reopened_14", span).json()

        assert figure == (LOGIN, 0)
        assert "0.0 % (n = 12; between 0.0 % and 24.2 %)" in page.content.decode()
        assert (api["modes"]["via_cs"]["count"], api["modes"]["via_cs"]["of"]) == (0, LOGIN)

    def test_whoever_reads_groups_gets_no_row_a_case(self, clock: Any) -> None:
        save(clock)
        client = clock.cast.manager.client()
        client.post(HERE + "questions/by-topic/steps/", {"what": "pin", "dashboard": ""})
        other = clock.cast.product_engineer.client()
        page = other.get(HERE + "dashboards/inquiries-by-topic/").content.decode()

        assert f'<td class="number">{LOGIN}</td>' not in page

    def test_a_question_that_may_not_run_is_refused_where_it_stands(self, clock: Any) -> None:
        client = clock.cast.manager.client()
        for sql in ("DROP TABLE inquiries", "SELECT * FROM read_csv('/etc/passwd')", "SELECT x"):
            typed = {"title": "X", "sql": sql, "save": "1"}
            assert client.post(HERE + "questions/new/", typed).status_code == 422

    def test_the_next_version_keeps_the_one_before(self, clock: Any) -> None:
        save(clock)
        client = clock.cast.manager.client()
        typed = {"title": "By topic", "sql": "SELECT count(*) AS n FROM inquiries", "save": "1"}
        client.post(HERE + "questions/by-topic/edit/", typed)
        versions = question_versions(workspace_id=clock.there.id, key="by-topic")

        assert [one.number for one in versions] == [2, 1]
        assert versions[1].fields.sql == BY_TOPIC
        assert broken_by("inquiries.topic", workspace_id=clock.there.id) == ()

    def test_a_changed_table_names_the_questions_it_would_break(self, clock: Any) -> None:
        save(clock)

        [broken] = broken_by("inquiries.topic", workspace_id=clock.there.id)
        assert broken.key == "by-topic"
        assert broken_by("inquiries.channel", workspace_id=clock.there.id) == ()

    def test_a_guest_of_another_company_sees_nothing(self, clock: Any) -> None:
        save(clock)
        for address in ("questions/", "questions/by-topic/", "dashboards/"):
            assert clock.cast.stranger.client().get(HERE + address).status_code in (302, 403, 404)


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestRenewed:
    def pinned(self, stage: Any, **tile: Any) -> Any:
        save(stage)
        client = stage.cast.manager.client()
        client.post(HERE + "questions/by-topic/steps/", {"what": "pin", "dashboard": ""})
        client.get(HERE + "dashboards/inquiries-by-topic/")
        return client

    def test_only_when_the_tables_moved(self, clock: Any) -> None:
        self.pinned(clock)
        before = TileAnswer.objects.get(role="cases")
        refresh_tiles(workspace=clock.there, at=NOW + timedelta(minutes=5))
        refreshed = TileAnswer.objects.get(pk=before.pk)
        assert refreshed.computed_at == before.computed_at

        TileAnswer.objects.filter(pk=before.pk).update(versions={"inquiries": 0})
        page = clock.cast.manager.client().get(
            HERE + "dashboards/inquiries-by-topic/", headers={"Accept-Language": "en"}
        )
        assert "the tables have moved since" in page.content.decode()
        refresh_tiles(workspace=clock.there, at=NOW + timedelta(minutes=5))
        assert TileAnswer.objects.get(pk=before.pk).computed_at > before.computed_at

    def test_what_nobody_reads_is_forgotten(self, clock: Any) -> None:
        self.pinned(clock)
        TileAnswer.objects.update(read_at=NOW - timedelta(days=15))
        refresh_tiles(workspace=clock.there, at=NOW)

        assert not TileAnswer.objects.exists()

    def test_an_alert_is_judged_when_it_is_renewed(self, clock: Any) -> None:
        save(clock, "count", "SELECT count(*) AS inquiries FROM inquiries")
        client = clock.cast.manager.client()
        client.post(HERE + "questions/count/steps/", {"what": "pin", "dashboard": ""})
        set_alert(
            workspace_id=clock.there.id, place=("inquiries-by-topic", "count"),
            rule=AlertRule("threshold", "above", 10), target=("mail", "team@example.com", "en"),
            at=NOW, by="staff:1",
        )  # fmt: skip
        refresh_tiles(workspace=clock.there, at=NOW)
        refresh_tiles(workspace=clock.there, at=NOW)

        message = Outbox.objects.get()
        assert message.content["subject"] == "Inquiries by topic: 15 on 2026-06-20, above 10."


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestLink:
    def test_shows_public_tiles_of_groups_and_nothing_else(self, clock: Any) -> None:
        weeks = "SELECT week_on, sum(inquiry_count) AS n FROM inquiry_groups GROUP BY 1"
        save(clock, "weeks", weeks)
        save(clock)
        client = clock.cast.manager.client()
        client.post(HERE + "questions/weeks/steps/", {"what": "pin", "dashboard": ""})
        board = "inquiries-by-topic"
        client.post(HERE + "questions/by-topic/steps/", {"what": "pin", "dashboard": board})
        public = {"what": "set", "tile": "weeks", "width": "2", "is_public": "on"}
        client.post(f"{HERE}dashboards/{board}/edit/", public)
        made = client.post(f"{HERE}dashboards/{board}/links/", {"what": "make", "days": "30"})
        [token] = re.findall(r"/d/([\w-]+)/", made.content.decode())

        nobody = clock.cast.nobody.client()
        seen = nobody.get(f"/d/{token}/")
        words = seen.content.decode()
        assert seen.status_code == 200
        assert seen["X-Robots-Tag"] == "noindex"
        assert words.count('class="tile ') == 1
        assert "by-topic" not in words
        assert "SELECT" not in words
        assert nobody.get(HERE + "dashboards/").status_code in (302, 403, 404)
        assert nobody.get(f"/d/{token[:-2]}xx/").status_code == 404

        number = re.findall(r'name="number" value="(\d+)"', made.content.decode())[0]
        revoke = {"what": "revoke", "number": number}
        client.post(f"{HERE}dashboards/{board}/links/", revoke)
        assert nobody.get(f"/d/{token}/").status_code == 404

    def test_agents_make_no_links(self, clock: Any) -> None:
        save(clock)
        client = clock.cast.agent.client()
        client.post(HERE + "questions/by-topic/steps/", {"what": "pin", "dashboard": ""})

        assert client.get(HERE + "dashboards/inquiries-by-topic/links/").status_code == 403


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestFiles:
    def test_out_and_in_again_changes_nothing(self, clock: Any, tmp_path: Any) -> None:
        save(clock)
        client = clock.cast.manager.client()
        client.post(HERE + "questions/by-topic/steps/", {"what": "pin", "dashboard": ""})
        there = clock.there.id
        for name, text in exported_files(workspace_id=there).items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        folder = read_folder(tmp_path)

        assert {one.state for one in changes(folder, workspace_id=there)} == {"same"}
        into = clock.cast.simulated.id
        assert {one.state for one in changes(folder, workspace_id=into)} == {"new"}

    def test_all_of_it_or_nothing(self, clock: Any, tmp_path: Any) -> None:
        for name, text in {
            "questions/count.yaml": "title: Count\n",
            "questions/count.sql": "SELECT count(*) AS n FROM inquiries",
            "dashboards/desk.yaml": "title: Desk\ntiles: [{kind: question, source: other}]\n",
        }.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        there = clock.there.id
        with pytest.raises(BadDashboard, match="there is no question other"):
            apply_folder(read_folder(tmp_path), workspace_id=there, view=CASES, at=NOW, by="s")

        assert dashboards_with("count", workspace_id=there) == ()
        assert not question_versions(workspace_id=there, key="count")

        (tmp_path / "dashboards/desk.yaml").write_text(
            "title: Desk\ntiles: [{kind: question, source: count}]\n"
        )
        apply_folder(read_folder(tmp_path), workspace_id=there, view=CASES, at=NOW, by="s")
        assert dashboard_named(workspace_id=there, key="desk").tiles[0].source == "count"

    @pytest.mark.parametrize(
        ("files", "said"),
        [
            ({"questions/a.yaml": "title: A\n"}, "a.sql is not beside it"),
            ({"questions/a.yaml": "titel: A\n", "questions/a.sql": "SELECT 1"}, "titel"),
            ({"dashboards/a.yaml": "tiles: [}\n"}, "a.yaml is no YAML"),
            ({"dashboards/a.yaml": "tiles: [{kind: pie}]\n"}, "a.yaml: tile 1"),
        ],
    )
    def test_a_wrong_file_is_named(self, files: Any, said: str, tmp_path: Any) -> None:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text)
        with pytest.raises((BadDashboard, BadQuestion), match=re.escape(said)):
            read_folder(tmp_path)
