"""The board and a case on the screen, in both languages, for members and for visitors."""

import re
from html.parser import HTMLParser

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.workspaces import mark_real
from shinrai.objectives.facts import CLOCK_FACTS
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import AT, NOW, OBJECTIVE, open_desk, tokyo
from tests.reports.prepared import answered

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    return cast


def shown(client, address: str, language: str = "en") -> str:
    answer = answered(client, address, language)
    assert answer.status_code == 200
    return answer.content.decode()


def lead(page: str) -> str:
    found = re.search(r'<p class="lead">(.*?)</p>', page, re.S)
    assert found
    return " ".join(strip_tags(found[1]).split())


class Reader(HTMLParser):
    """Notes what the policy forbids, and which elements stay open."""

    def __init__(self) -> None:
        super().__init__()
        self.forbidden: list[str] = []
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.forbidden += [f"{tag} {name}" for name, _ in attrs if name.startswith("on")]
        self.forbidden += [f"{tag} style" for name, _ in attrs if name == "style"]
        given = dict(attrs)
        if tag == "script" and not given.get("src") and given.get("type") != "application/json":
            self.forbidden.append("inline script")
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)


class TestWorkspaces:
    def test_a_single_workspace_is_gone_to_at_once(self, cast: Cast) -> None:
        answer = cast.nobody.client().get("/")

        assert answer.status_code == 302
        assert answer.headers["Location"] == "/w/kitsune/"

    def test_several_are_listed(self, cast: Cast) -> None:
        page = shown(cast.owner.client(), "/?all=1")

        assert "/w/tanuki/" in page
        assert "/w/kitsune/" in page


class TestBoard:
    def test_opens_with_the_sentence(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/{AT}")

        assert lead(page).startswith("1 investigation is late, 1 is due by 18:00;")
        assert '<strong class="late">1 investigation is late</strong>' in page

    def test_opens_with_it_in_japanese(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/{AT}", "ja")

        assert lead(page).startswith("調査1件が超過中です。本日18:00までに")
        for words in ("超過中", "もうすぐ期限", "進行中", "停止中", "エラーバジェット"):
            assert words in page

    def test_every_row_leads_to_its_case_at_the_same_moment(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/{AT}")

        for key in ("INV-2", "INV-3", "INV-4", "INV-5"):
            address = f"/w/kitsune/investigations/{key}/?at=2026-06-09T15%3A00"
            assert f'data-open href="{address}"' in page
            assert desk.nobody.client().get(address).status_code == 200

    def test_an_empty_workspace_teaches_the_first_step(self, cast: Cast) -> None:
        page = shown(cast.owner.client(), "/w/tanuki/investigations/")

        assert "shinrai import csv sheet.xlsx" in page
        assert "--workspace tanuki" in page
        assert 'href="/w/tanuki/imports/new/"' in page

    @pytest.mark.parametrize("at", ["soon", "2026-13-01T00:00", "0001-01-01T00:00%2B14:00"])
    def test_a_moment_that_cannot_be_is_refused(self, desk: Cast, at: str) -> None:
        assert desk.nobody.client().get(f"/w/kitsune/investigations/?at={at}").status_code == 400

    def test_words_of_customers_are_escaped(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/{AT}")

        assert "<script>alert" not in page
        assert "&lt;script&gt;alert" in page


class TestAudit:
    def test_once_real_it_is_closed_and_strangers_leave_no_view(self, desk: Cast) -> None:
        mark_real(workspace_id=desk.simulated.id, reason="test", at=NOW, by="test")

        answer = desk.owner.client().get("/w/kitsune/investigations/INV-1/")

        assert answer.status_code == 404
        assert AuditEntry.objects.filter(kind="view").count() == 0

    def test_visitors_of_made_up_words_leave_no_trace(self, desk: Cast) -> None:
        shown(desk.nobody.client(), "/w/kitsune/investigations/INV-1/")

        assert AuditEntry.objects.filter(kind="view").count() == 0

    def test_opening_a_case_is_a_view_of_its_words(self, desk: Cast) -> None:
        cases = open_desk(desk.workspace)
        shown(desk.agent.client(), "/w/tanuki/investigations/INV-1/")

        entry = AuditEntry.objects.get(kind="view")
        assert desk.agent.member
        assert (entry.by, entry.subject) == (
            desk.agent.member.key,
            f"investigation:{cases['INV-1']}",
        )


class TestCase:
    def test_says_when_it_was_due_and_why(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/INV-1/{AT}")

        assert lead(page) == (
            "Counts as Wed 3 June; due Fri 5 June 18:00 (close of the 2nd business day); "
            "answered Fri 11:20, 6 h 40 m of business time before it was due."
        )
        assert 'class="chart ribbon"' in page
        assert f"/w/kitsune/objectives/{OBJECTIVE}/" in page

    def test_says_so_in_japanese(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/INV-1/{AT}", "ja")

        assert lead(page).endswith("期限より営業時間で6時間40分前です。")
        assert "不具合" in page
        assert "差し戻し" in page

    def test_lateness_stands_out(self, desk: Cast) -> None:
        page = shown(desk.nobody.client(), f"/w/kitsune/investigations/INV-2/{AT}")

        mark = r'<strong class="late">not answered yet, .*of business time past due\.</strong>'
        assert re.search(mark, page)

    def test_names_of_staff_are_for_members(self, desk: Cast) -> None:
        open_desk(desk.workspace)

        assert "森下" in shown(desk.agent.client(), "/w/tanuki/investigations/INV-1/")
        assert "森下" not in shown(desk.nobody.client(), "/w/kitsune/investigations/INV-1/")

    def test_what_is_masked_is_masked_for_members_too(self, desk: Cast) -> None:
        open_desk(desk.workspace)
        page = shown(desk.agent.client(), "/w/tanuki/investigations/INV-1/")

        assert "yui@example.jp" not in page
        assert "〔mail〕" in page

    @pytest.mark.parametrize("key", ["INV-99", "INV-1%00", "a/b/c", "%E8%AA%BF%E6%9F%BB"])
    def test_an_unknown_case_is_not_found(self, desk: Cast, key: str) -> None:
        assert desk.nobody.client().get(f"/w/kitsune/investigations/{key}/").status_code == 404


class TestEveryPage:
    ADDRESSES = (
        f"/w/kitsune/investigations/{AT}",
        f"/w/kitsune/investigations/INV-2/{AT}",
        f"/w/kitsune/objectives/{AT}",
        f"/w/kitsune/objectives/{OBJECTIVE}/{AT}",
        "/w/kitsune/imports/",
        "/w/kitsune/imports/new/",
        "/w/kitsune/reports/?from=2026-06-01&to=2026-06-07",
    )

    @pytest.mark.parametrize("language", ["en", "ja"])
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_obeys_the_policy_and_begins_with_one_heading(
        self, desk: Cast, address: str, language: str
    ) -> None:
        with time_machine.travel(NOW, tick=False):
            reader = Reader()
            reader.feed(shown(desk.nobody.client(), address, language))

        assert reader.forbidden == []
        assert reader.headings.count("h1") == 1
        assert reader.headings[0] == "h1"


@pytest.mark.django_db(transaction=True)
def test_the_board_says_up_to_when_its_figures_are_complete(desk: Cast, settings) -> None:
    """From the last step on, figures come from the published clocks, and name their version."""
    later = tokyo(31, 12, month=7)
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    published = publish(warehouse, CLOCK_FACTS, at=later)

    with time_machine.travel(later, tick=False):
        page = shown(desk.nobody.client(), "/w/kitsune/investigations/")

    assert f"clocks@{published.version}" in page
    assert "Complete up to" in page
    assert lead(page).startswith("3 investigations are late, 1 is due by Tue 4 August 18:00;")
