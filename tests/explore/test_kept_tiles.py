"""Tiles and files on the days on which something goes otherwise than usual."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.explore.models import TileAnswer
from shinrai.explore.operations import tiles as tile_operations
from shinrai.explore.operations.dashboards import retire_dashboard, save_dashboard
from shinrai.explore.operations.folder import apply_folder
from shinrai.explore.operations.questions import retire_question, save_question
from shinrai.explore.queries.dashboards import dashboard_named
from shinrai.explore.queries.folder import exported_files, read_folder
from shinrai.explore.queries.questions import broken_questions, question_keys, question_named
from shinrai.explore.rules.answer import QueryBusy
from shinrai.explore.rules.dashboard import BadDashboard, Tile, period_asked
from shinrai.explore.rules.permission import CASES
from shinrai.explore.rules.question import BadQuestion, QuestionFields
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from tests.api.caller import key_of
from tests.explore.stage import LOGIN, NOW, REFUND

HERE = "/w/tanuki/"
TODAY = date(2026, 6, 20)  # a Saturday
BOARD = HERE + "dashboards/desk/"
COUNT = "SELECT count(*) AS inquiries FROM inquiries WHERE received_on BETWEEN {{from}} AND {{to}}"
ENGLISH = {"Accept-Language": "en"}
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


@pytest.fixture
def desk(stage: Any) -> Any:
    """A dashboard of one question."""
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        mine: dict[str, Any] = {"workspace_id": stage.there.id, "at": NOW, "by": "staff:1"}
        fields = QuestionFields("Inquiries", COUNT, owner="Aoi")
        save_question(key="count", fields=fields, is_new=True, view=CASES, **mine)
        save_dashboard(
            key="desk", title="Desk", period="13-weeks", is_new=True,
            tiles=(Tile("count", "question", "count"),), **mine,
        )  # fmt: skip
        yield stage


def seen(stage: Any, **asked: str) -> str:
    client = stage.cast.manager.client()
    return str(client.get(BOARD, asked, headers=ENGLISH).content.decode())


def number(count: int) -> str:
    return f'class="one-number"><b>{count}</b>'


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


class TestKept:
    def test_other_dates_are_not_left_old(self, desk: Any) -> None:
        """The worker renews the usual period; whoever looks at another gets it as it is now."""
        seen(desk, period="month")
        TileAnswer.objects.update(versions={"inquiries": 0})

        assert "the tables have moved since" not in seen(desk, period="month")

    def test_the_usual_dates_are_left_to_the_worker(self, desk: Any) -> None:
        seen(desk)
        TileAnswer.objects.update(versions={"inquiries": 0})

        assert "the tables have moved since" in seen(desk)

    def test_that_all_were_busy_is_no_answer(self, desk: Any, monkeypatch: Any) -> None:
        with monkeypatch.context() as busy:
            busy.setattr(tile_operations, "run_sql", _busy)
            assert "look again" in seen(desk)
        assert str(LOGIN + REFUND) in seen(desk)

    def test_busy_leaves_the_answer_before(self, desk: Any, monkeypatch: Any) -> None:
        seen(desk)
        TileAnswer.objects.update(versions={"inquiries": 0})
        monkeypatch.setattr(tile_operations, "run_sql", _busy)
        tile_operations.refresh_tiles(workspace=desk.there, at=NOW + timedelta(minutes=5))

        assert str(LOGIN + REFUND) in seen(desk)

    def test_a_wider_tile_is_drawn_anew(self, desk: Any) -> None:
        by_day = "SELECT received_on, count(*) AS n FROM inquiries GROUP BY 1"
        client = desk.cast.manager.client()
        client.post(HERE + "questions/count/edit/", {"title": "Days", "sql": by_day, "save": "1"})
        seen(desk)
        widths = {"what": "set", "tile": "count", "width": "4"}
        client.post(BOARD + "edit/", widths)
        seen(desk)
        drawn = set(TileAnswer.objects.values_list("chart", flat=True))

        assert len(drawn) == 2

    def test_full_screen_keeps_what_was_chosen(self, desk: Any) -> None:
        page = seen(desk, period="month")

        assert 'href="?period=month&amp;wall=1"' in page
        wall = seen(desk, period="month", wall="1")
        assert 'content="300"' in wall
        assert "<nav" not in wall
        assert 'href="?period=month"' in wall  # the way back


class TestDates:
    """Seven of the twelve who could not sign in wrote from 6 to 12 May, and one about a refund."""

    def test_two_dates_are_the_same_number_on_page_api_and_sql(self, desk: Any) -> None:
        given = {"from": "2026-05-06", "to": "2026-05-12"}
        [[count]] = desk.ask(COUNT, **given).rows
        caller = key_of(desk.cast.workspace, Role.MANAGER, Scope.READ)
        [tile] = caller.get("dashboards/desk", given).json()["tiles"]

        assert count == 8
        assert number(count) in seen(desk, **given)
        assert tile["answer"]["rows"] == [[count]]

    @pytest.mark.parametrize(
        ("given", "first", "last"),
        [
            ({"since": date(2026, 6, 1)}, "2026-06-01", "2026-06-20"),
            ({"until": date(2026, 6, 1)}, "2026-03-02", "2026-06-01"),
            ({"since": date(2026, 7, 1)}, "2026-07-01", "2026-07-01"),
            ({"since": date(2026, 6, 1), "period": "month"}, "2026-06-01", "2026-06-20"),
            ({"period": "7-days"}, "2026-06-14", "2026-06-20"),
            ({"period": "ever"}, "2026-03-23", "2026-06-20"),
        ],
    )
    def test_what_is_left_out_is_filled(self, given: dict[str, Any], first: str, last: str) -> None:
        asked = period_asked(**({"period": ""} | given), usual="13-weeks", today=TODAY)

        assert asked.values == {"from": first, "to": last}

    def test_no_dates_are_refused_beside_the_usual_ones(self, desk: Any) -> None:
        for given in ({"from": "soon"}, {"from": "2026-06-02", "to": "2026-06-01"}):
            page = seen(desk, **given)
            assert 'role="alert"' in page
            assert number(LOGIN + REFUND) in page

    def test_a_short_time_for_a_first_look_leaves_the_rest_for_later(
        self, desk: Any, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(tile_operations, "FIRST_LOOK_S", 0.0)
        assert "look again" in seen(desk)
        monkeypatch.undo()
        assert number(LOGIN + REFUND) in seen(desk)


class TestOwner:
    def test_whoever_takes_it_over_is_its_owner(self, desk: Any) -> None:
        client = desk.cast.manager.client()
        client.post(HERE + "questions/count/steps/", {"what": "take"})
        found = question_named(workspace_id=desk.there.id, key="count")
        page = client.get(HERE + "questions/count/", headers=ENGLISH).content.decode()

        assert (found.number, found.fields.sql) == (2, COUNT)
        assert found.fields.owner not in ("", "Aoi")
        assert "Take it over" not in page

    def test_nobody_else_takes_it(self, desk: Any) -> None:
        for person in (desk.cast.stranger, desk.cast.nobody):
            answer = person.client().post(HERE + "questions/count/steps/", {"what": "take"})
            assert answer.status_code in (302, 403, 404)

        assert question_named(workspace_id=desk.there.id, key="count").number == 1

    def test_a_review_that_is_due_is_said(self, desk: Any) -> None:
        fields = QuestionFields("Due", COUNT, review_on=NOW.date())
        mine: dict[str, Any] = {"workspace_id": desk.there.id, "at": NOW, "by": "staff:1"}
        save_question(key="due", fields=fields, is_new=True, view=CASES, **mine)
        client = desk.cast.manager.client()

        for address in ("questions/", "questions/due/"):
            assert "review is due" in client.get(HERE + address, headers=ENGLISH).content.decode()
        page = client.get(HERE + "questions/count/", headers=ENGLISH).content.decode()
        assert "review is due" not in page

    def test_the_list_names_questions_whose_tables_lost_a_column(self, desk: Any) -> None:
        client = desk.cast.manager.client()
        assert (
            "lack a column" not in client.get(HERE + "questions/", headers=ENGLISH).content.decode()
        )
        save_question(
            workspace_id=desk.there.id, key="gone", is_new=True, view=CASES, at=NOW, by="staff:1",
            fields=QuestionFields("Of a table that was", "SELECT 1"), needs=("shops.name",),
        )  # fmt: skip
        page = client.get(HERE + "questions/", headers=ENGLISH).content.decode()

        assert [one.key for one in broken_questions(workspace_id=desk.there.id)] == ["gone"]
        assert "lack a column" in page


class TestSavingReadsNothingMore:
    """Mori reads groups alone; trying SQL before it is saved tells nothing of a single case."""

    VALUES = (
        "SELECT topic::INTEGER AS n FROM inquiries",
        "SELECT (SELECT min(topic) FROM inquiries)::DATE AS on_day",
    )
    ASKS_ONE_BIT = (
        "SELECT (CASE WHEN count(*) {side} 3 THEN 'yes' ELSE '1' END)::INTEGER AS n "
        "FROM inquiries WHERE topic = 'refund'"
    )

    @pytest.mark.parametrize("sql", VALUES)
    def test_no_value_in_an_error(self, desk: Any, sql: str) -> None:
        typed = {"title": "X", "sql": sql, "save": "1", "chart": "bar"}
        page = desk.cast.product_engineer.client().post(HERE + "questions/new/", typed)
        key = key_of(desk.cast.workspace, Role.PRODUCT_ENGINEER, Scope.WRITE)
        answer = key.put("questions/x", title="X", sql=sql)

        assert page.status_code == answer.status_code == 422
        assert not {"login", "refund"} & set(re.findall("[a-z]+", page.content.decode()))
        assert "login" not in answer.content.decode()

    def test_not_one_bit_either(self, desk: Any) -> None:
        said = {
            desk.cast.product_engineer.client()
            .post(
                HERE + "questions/new/",
                {"title": "X", "sql": self.ASKS_ONE_BIT.format(side=side), "save": "1"},
            )
            .status_code
            for side in ("=", "<>")
        }
        assert said == {422}

    def test_a_new_title_for_what_others_wrote_needs_no_run(self, desk: Any) -> None:
        typed = {"title": "All inquiries", "sql": COUNT, "save": "1"}
        desk.cast.product_engineer.client().post(HERE + "questions/count/edit/", typed)
        found = question_named(workspace_id=desk.there.id, key="count")

        assert (found.title, found.number) == ("All inquiries", 2)
        assert found.needs == ("inquiries.received_on",)

    def test_what_stands_on_groups_is_saved(self, desk: Any) -> None:
        sql = "SELECT week_on, sum(inquiry_count) AS n FROM inquiry_groups GROUP BY 1"
        typed = {"title": "Weeks", "sql": sql, "save": "1", "chart": "line of n by week_on"}
        desk.cast.product_engineer.client().post(HERE + "questions/new/", typed)

        assert question_named(workspace_id=desk.there.id, key="weeks").fields.chart["y"] == "n"


class TestRetired:
    def test_applying_its_files_brings_it_back(self, desk: Any, tmp_path: Path) -> None:
        there = desk.there.id
        write(tmp_path, exported_files(workspace_id=there))
        retire_question(workspace_id=there, key="count", at=NOW, by="staff:1")
        retire_dashboard(workspace_id=there, key="desk", at=NOW, by="staff:1")
        done = apply_folder(
            read_folder(tmp_path), workspace_id=there, view=CASES, at=NOW, by="staff:1"
        )

        assert {one.state for one in done} == {"new"}
        again = apply_folder(
            read_folder(tmp_path), workspace_id=there, view=CASES, at=NOW, by="staff:1"
        )
        assert {one.state for one in again} == {"same"}
        assert not question_named(workspace_id=there, key="count").is_retired
        assert dashboard_named(workspace_id=there, key="desk").number == 3

    def test_so_does_saving_it_over_the_api(self, desk: Any) -> None:
        caller = key_of(desk.cast.workspace, Role.MANAGER, Scope.WRITE)
        assert caller.post("dashboards/desk/retire").status_code == 200
        assert caller.get("dashboards/desk").status_code == 404
        assert caller.post("questions/count/retire").json()["is_retired"] is True
        tiles = [{"kind": "text", "text": "back"}]

        assert caller.put("dashboards/desk", title="Desk", tiles=tiles).status_code == 200
        assert caller.get("dashboards/desk").json()["number"] == 3


class TestFiles:
    def test_a_dry_run_refuses_what_applying_would_and_saves_nothing(
        self, desk: Any, tmp_path: Path
    ) -> None:
        there = desk.there.id
        write(tmp_path, {"questions/a.yaml": "title: A\n", "questions/a.sql": "SELECT 1 AS n"})
        dry: dict[str, Any] = {
            "workspace_id": there,
            "view": CASES,
            "at": NOW,
            "by": "staff:1",
            "is_dry": True,
        }
        [change] = apply_folder(read_folder(tmp_path), **dry)
        assert (change.key, change.state) == ("a", "new")
        assert question_keys(workspace_id=there) == ["count"]

        write(tmp_path, {"questions/a.sql": "SELECT nothing FROM inquiries"})
        with pytest.raises(UserError):
            apply_folder(read_folder(tmp_path), **dry)
        write(tmp_path, {"questions/a.sql": "SELECT 1 AS n"})
        board = "title: B\ntiles: [{kind: question, source: other}]\n"
        write(tmp_path, {"dashboards/b.yaml": board})
        with pytest.raises(BadDashboard, match="there is no question other"):
            apply_folder(read_folder(tmp_path), **dry)

    def test_an_exported_file_pasted_into_the_page_is_taken(self, desk: Any) -> None:
        text = exported_files(workspace_id=desk.there.id)["dashboards/desk.yaml"]
        client = desk.cast.manager.client()
        changed = text.replace("title: Desk", "title: The desk")
        client.post(BOARD + "edit/", {"what": "yaml", "yaml": changed})

        assert dashboard_named(workspace_id=desk.there.id, key="desk").title == "The desk"

    @pytest.mark.parametrize(
        ("document", "said"),
        [
            ("description: x\n", "a.yaml: give it a title"),
            ("title: [A]\n", "a.yaml: title is a text"),
            ("title: A\ndefaults: [b]\n", "a.yaml: defaults is a list of names with values"),
            ("title: A\nchart: bar\n", "a.yaml: chart is a list of names with values"),
            ("title: A\nreview_on: soon\n", "a.yaml: write a date"),
            ("title: A\nchart: {type: pie}\n", "a.yaml: a chart is one of"),
        ],
    )
    def test_a_question_that_cannot_be_read_names_file_and_field(
        self, document: str, said: str, tmp_path: Path
    ) -> None:
        write(tmp_path, {"questions/a.yaml": document, "questions/a.sql": "SELECT 1"})
        with pytest.raises((BadQuestion, BadDashboard), match=said):
            read_folder(tmp_path)


def _busy(**_asked: Any) -> Any:
    raise QueryBusy(Text("too many others are asking; run it again in a moment"))
