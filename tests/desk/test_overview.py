"""The overview, the queue and an inquiry on the screen: a summer week at Kitsune Juku's desk."""

import re
from dataclasses import replace

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.open_cases import follow_open_cases, refresh_open_cases
from shinrai.desk.operations.steps import take_step
from shinrai.desk.pages import queue as pages
from shinrai.inquiries.operations import receive_inquiry
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.objectives.operations.saving import save_objective
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import open_desk, promise, queue_now, tokyo
from tests.desk.test_pages import Reader, lead, shown
from tests.downloads import column, csv_rows, json_rows

LATER = tokyo(31, 12, month=7)  # after every step: figures come from the published tables
REPLY = promise("reply", clock="first_reply", within={"business_days": "1", "by": "close"})


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    """Add two inquiries of July: Yui's was answered the next day, Aoi's of the 30th is open."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.simulated
    open_desk(there)
    save_objective(workspace_id=there.id, document=REPLY, at=tokyo(1, 9), by="test")
    yui, aoi = (
        receive_inquiry(
            workspace_id=there.id,
            source_key=key,
            at=at,
            by="customer",
            words=words,
            channel="mail",
        )
        for key, at, words in (
            ("Q-1", tokyo(28, 11, month=7), "ログインできません"),
            ("Q-2", tokyo(30, 11, month=7), "請求書がほしい <b>至急</b>"),
        )
    )
    for at, kind, words in (
        (tokyo(29, 10, month=7), "outbound", "パスワードを再設定してください。手順はこちらです。"),
        (tokyo(29, 11, month=7), "solved", ""),
    ):
        take_step(case_id=yui, kind=kind, at=at, by="staff:1", role="cs", words=words)
    refresh_clocks(workspace_id=there.id, case_ids=[yui, aoi])
    refresh_open_cases(workspace_id=there.id, case_ids=[yui, aoi])
    return cast


@pytest.fixture
def published(desk: Cast, settings) -> Cast:
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=LATER)
    return desk


def seen(cast: Cast, address: str, language: str = "en") -> str:
    with time_machine.travel(LATER, tick=False):
        return shown(cast.nobody.client(), address, language)


@pytest.mark.django_db
class TestQueue:
    def test_both_kinds_stand_in_order_of_their_due_moment(self, desk: Cast) -> None:
        found = queue_now(desk.simulated, LATER)

        keys = [row.case_key for row in found.rows]
        assert keys == ["INV-2", "INV-3", "INV-4", "Q-2", "INV-6", "INV-5"]
        assert found.counts == {"late": 3, "at_risk": 1, "running": 1, "at_rest": 1}
        assert found.records == {"inquiry": 1, "investigation": 5}

    def test_a_group_and_a_kind_narrow_it(self, desk: Cast) -> None:
        late = queue_now(desk.simulated, LATER, state="late")
        asked = queue_now(desk.simulated, LATER, record="inquiry")

        assert [row.case_key for row in late.rows] == ["INV-2", "INV-3", "INV-4"]
        assert [row.case_key for row in asked.rows] == ["Q-2"]
        assert asked.rows[0].holder == "tier:1"

    def test_pages_do_not_overlap_and_leave_nothing_out(self, desk: Cast) -> None:
        pages = [queue_now(desk.simulated, LATER, skip=skip, most=4) for skip in (0, 4)]

        keys = [row.case_key for page in pages for row in page.rows]
        assert len(keys) == len(set(keys)) == 6
        assert {page.listed for page in pages} == {6}

    def test_left_is_business_time_and_late_is_less_than_none(self, desk: Cast) -> None:
        rows = {r.case_key: r for r in queue_now(desk.simulated, LATER).rows}

        left = rows["Q-2"].business_time
        assert left is not None
        assert left.total_seconds() == 6 * 3600  # Friday noon until 18:00
        late = rows["INV-2"].business_time
        assert late is not None
        assert late.total_seconds() < 0


class TestTheQueueAsAList:
    """Six cases are in hand at noon of 31 July: INV-2 to INV-6, and Aoi's Q-2."""

    ADDRESS = "/w/kitsune/queue/"

    def test_is_sorted_searched_and_turned_over(self, desk: Cast, monkeypatch) -> None:
        client = desk.nobody.client()
        monkeypatch.setattr(pages, "OPEN_CASES", replace(pages.OPEN_CASES, a_page=4))
        with time_machine.travel(LATER, tick=False):
            first, second = (shown(client, f"{self.ADDRESS}?sort=-case&page={n}") for n in (1, 2))
            found = shown(client, f"{self.ADDRESS}?q=q-")
            none = client.get(f"{self.ADDRESS}?q=nothing")

        keys = [re.findall(r'class="case-key[^"]*">([^<]+)', page) for page in (first, second)]
        assert keys == [["Q-2", "INV-6", "INV-5", "INV-4"], ["INV-3", "INV-2"]]
        assert "1–4 of 6" in strip_tags(first)
        assert 'aria-sort="descending"' in first
        assert "Q-2" in found
        assert "INV-2" not in found
        assert none["Location"] == "/w/kitsune/search/?q=nothing"  # closed cases are there too

    def test_is_taken_away_whole_by_whoever_may_see_it(self, desk: Cast) -> None:
        with time_machine.travel(LATER, tick=False):
            client = desk.nobody.client()
            keys = column(client, f"{self.ADDRESS}?sort=case", "case")
            late = json_rows(client, f"{self.ADDRESS}?state=late&sort=due")
            [row] = csv_rows(client, f"{self.ADDRESS}?record=inquiry")

            assert keys == ["INV-2", "INV-3", "INV-4", "INV-5", "INV-6", "Q-2"]
            assert [one["case"] for one in late] == ["INV-2", "INV-3", "INV-4"]
            assert all(one["left_s"] < 0 for one in late)
            assert (row["Case"], row["Held by"]) == ("Q-2", "tier:1")
            closed = desk.stranger.client().get("/w/tanuki/queue/?format=csv")
            assert closed.status_code == 404

    def test_taking_it_away_is_noted_with_its_cases_and_lines(self, desk: Cast) -> None:
        cases = open_desk(desk.workspace)
        with time_machine.travel(LATER, tick=False):
            rows = csv_rows(desk.agent.client(), "/w/tanuki/queue/")

        [entry] = AuditEntry.objects.filter(kind="export", workspace_id=desk.workspace.id)
        assert (entry.subject, entry.lines) == ("list:queue", len(rows))
        assert entry.shown == sorted(cases[row["Case"]] for row in rows)

    def test_a_search_for_one_that_is_no_longer_in_hand_opens_it(self, desk: Cast) -> None:
        with time_machine.travel(LATER, tick=False):
            answer = desk.nobody.client().get(f"{self.ADDRESS}?q=Q-1", follow=True)

        assert answer.redirect_chain[-1][0] == "/w/kitsune/inquiries/Q-1/"


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestPages:
    def test_the_overview_opens_with_what_presses(self, published: Cast) -> None:
        page = seen(published, "/w/kitsune/")

        assert lead(page).startswith("3 cases are late, 1 more falls due by 18:00; ")
        assert "/w/kitsune/inquiries/Q-2/" in page
        assert "/w/kitsune/objectives/reply/" in page
        assert "clocks@" in page

    def test_it_shows_figures_with_their_change_charts_and_what_rose(self, published: Cast) -> None:
        page = seen(published, "/w/kitsune/")
        said = " ".join(strip_tags(page).split())

        assert page.count('<div class="figure') >= 3
        assert "Kept in time: Within two days" in said
        assert "First reply: median business time" in said
        assert "The last 4 whole weeks" in said
        assert "No topic rose by more than chance" in said
        assert page.count('class="chart spark"') + page.count('class="chart bars"') >= 2
        assert "0–1 business days" in said

    def test_it_does_so_in_japanese(self, published: Cast) -> None:
        page = seen(published, "/w/kitsune/", "ja")

        assert lead(page).startswith("3件が超過中です。18:00までに期限を迎えるのは1件です。")

    def test_an_empty_workspace_teaches_the_first_step(
        self, cast: Cast, settings, tmp_path
    ) -> None:
        settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")

        assert "shinrai import csv sheet.xlsx" in shown(cast.owner.client(), "/w/tanuki/")

    def test_an_inquiry_says_when_it_is_due_and_what_is_measured(self, published: Cast) -> None:
        page = seen(published, "/w/kitsune/inquiries/Q-2/")

        assert "Fri 18:00" in lead(page) or "18:00" in lead(page)
        assert "&lt;b&gt;" in page
        assert "<b>至急" not in page
        assert 'class="chart ribbon"' in page
        answered = seen(published, "/w/kitsune/inquiries/Q-1/")
        assert (
            ">7 h</span> of business time" in answered
        )  # Tuesday 11:00–18:00, and Wednesday at 10:00

    @pytest.mark.parametrize("key", ["INV-1", "Q-9", "Q-1%00"])
    def test_what_is_no_inquiry_is_not_found(self, desk: Cast, key: str) -> None:
        assert desk.nobody.client().get(f"/w/kitsune/inquiries/{key}/").status_code == 404

    def test_opening_an_inquiry_is_a_view_of_its_words(self, desk: Cast) -> None:
        there = desk.workspace
        case = receive_inquiry(
            workspace_id=there.id,
            source_key="Q-7",
            at=tokyo(1, 10),
            by="customer",
            words="質問です",
        )
        shown(desk.agent.client(), "/w/tanuki/inquiries/Q-7/")

        assert AuditEntry.objects.get(kind="view").subject == f"inquiry:{case}"

    ADDRESSES = (
        "/w/kitsune/",
        "/w/kitsune/queue/",
        "/w/kitsune/queue/?state=late&record=inquiry",
        "/w/kitsune/inquiries/Q-1/",
        "/w/kitsune/quality/",
        "/w/kitsune/quality/cases/?figure=solved&from=all",
    )

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_every_page_obeys_the_policy_and_begins_with_one_heading(
        self, published: Cast, language: str
    ) -> None:
        for address in self.ADDRESSES:
            reader = Reader()
            reader.feed(seen(published, address, language))

            assert reader.forbidden == [], address
            assert reader.headings.count("h1") == 1, address


@pytest.mark.django_db(transaction=True)
class TestNothing:
    """What a page says where there is nothing: the first step, with its command."""

    def test_a_workspace_in_which_nothing_is_teaches_the_first_step(self, cast: Cast) -> None:
        for address in ("", "quality/"):
            page = shown(cast.owner.client(), f"/w/tanuki/{address}")

            assert "shinrai import csv sheet.xlsx" in page
            assert "--workspace tanuki" in page

    def test_cases_without_a_promise_are_not_nothing(self, cast: Cast, settings, tmp_path) -> None:
        settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
        receive_inquiry(
            workspace_id=cast.workspace.id,
            source_key="Q-1",
            at=tokyo(28, 11, month=7),
            by="customer",
            words="ログインできません",
            channel="mail",
        )

        page = shown(cast.owner.client(), "/w/tanuki/")

        assert lead(page) == "Nothing is promised yet, so no case has a due time."
        assert "Make a promise" in page

    def test_what_needs_no_promise_is_shown_without_one(
        self, cast: Cast, settings, tmp_path
    ) -> None:
        """Yui asked on Tuesday 28 July at 11:00; on Friday noon nobody has promised anything."""
        settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
        receive_inquiry(
            workspace_id=cast.workspace.id,
            source_key="Q-1",
            at=tokyo(28, 11, month=7),
            by="customer",
            words="ログインできません",
            channel="mail",
        )
        catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=LATER)
        follow_open_cases()

        with time_machine.travel(LATER, tick=False):
            page = shown(cast.owner.client(), "/w/tanuki/")

        said = " ".join(strip_tags(page).split())
        assert lead(page) == "1 inquiry is open; no objective says by when they are due."
        assert "ログインできません" in said
        assert "3 days" in said
        assert "1 open, by age" in said

    def test_without_minutes_the_page_of_work_says_where_they_are_written(self, cast: Cast) -> None:
        page = shown(cast.owner.client(), "/w/tanuki/workload/")

        assert "Minutes are written down on a case" in page
