"""Labels on the screen and by command: 鈴木 labels, 高橋 labels again without seeing it."""

import json
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.workspaces import mark_real
from shinrai.desk.commands.topics import group
from shinrai.desk.operations.labels import NotToBeLabelled, label_inquiry
from shinrai.desk.operations.steps import file_investigation
from shinrai.desk.queries.second_labels import waiting_for_second_label
from shinrai.inquiries.operations import receive_inquiry
from shinrai.inquiries.queries import inquiry
from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.topics.models import CodebookChange
from shinrai.topics.operations.codebook import define_topic, draw_second_labels, merge_label
from shinrai.topics.rules.codebook import UnknownTopic
from shinrai.topics.rules.labels import labels_of
from shinrai.warehouse.query import run
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import Reader, lead, shown
from tests.downloads import column, csv_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
HERE = "/w/tanuki/"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    """Three matters of 8 June; the codebook knows signing in and money."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    for key, ja in (("login", "ログイン"), ("billing", "請求")):
        define_topic(workspace_id=there, key=key, name_ja=ja, at=tokyo(1, 9), by="test")
    for key, words in (("Q-1", "入れません"), ("Q-2", "領収書がほしい"), ("Q-3", "音が出ない")):
        receive_inquiry(
            workspace_id=there, source_key=key, at=tokyo(8, 9), by="customer:1", words=words
        )
    return cast


def case(desk: Cast, key: str = "Q-1") -> int:
    return inquiry(workspace_id=desk.workspace.id, source_key=key).head.id


def label(desk: Cast, key: str, topic: str, person: str, *, is_blind: bool = False) -> int:
    return label_inquiry(
        case_id=case(desk, key),
        topic=topic,
        at=tokyo(9, 10),
        by=desk.everybody[person].member.key,
        role="agent",
        is_blind=is_blind,
    )


def read(desk: Cast, part: str, address: str, language: str = "en") -> str:
    with time_machine.travel(tokyo(9, 15), tick=False):
        return shown(desk.everybody[part].client(), address, language)


def main(page: str) -> str:
    return page.partition("<main")[2].partition("</main>")[0]


def send(desk: Cast, part: str, address: str, **given: str):
    with time_machine.travel(tokyo(9, 14), tick=False):
        return desk.everybody[part].client().post(address, given)


class TestLabelling:
    def test_suzuki_labels_on_the_inquirys_page(self, desk: Cast) -> None:
        back = f"{HERE}inquiries/Q-1/"

        answer = send(desk, "agent", f"{HERE}cases/{case(desk)}/labels/", topic="login", back=back)

        assert answer.headers["location"] == back
        [said] = labels_of(inquiry(workspace_id=desk.workspace.id, source_key="Q-1").steps)
        assert (said.topic, said.codebook, said.is_blind) == ("login", 2, False)
        assert said.by == desk.agent.member.key
        assert "<strong>ログイン</strong>" in read(desk, "agent", back, "ja")

    def test_a_word_the_codebook_does_not_know_is_refused(self, desk: Cast) -> None:
        with pytest.raises(UnknownTopic):
            label(desk, "Q-1", "sound", "agent")

    def test_an_investigation_has_the_topic_of_its_inquiry(self, desk: Cast) -> None:
        ours = file_investigation(
            workspace_id=desk.workspace.id, source_key="INV-1", at=tokyo(8, 9), by="x", words="?"
        )

        with pytest.raises(NotToBeLabelled, match="label the inquiry"):
            label_inquiry(case_id=ours, topic="login", at=tokyo(9, 9), by="x", role="agent")

    def test_a_case_of_another_workspace_is_not_there(self, desk: Cast) -> None:
        address = f"/w/elsewhere/cases/{case(desk)}/labels/"

        assert send(desk, "stranger", address, topic="login").status_code == 404

    def test_one_label_makes_one_row_anew(self, desk: Cast, settings) -> None:
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        refresh(warehouse, at=tokyo(9, 9))

        label(desk, "Q-1", "login", "agent")

        assert refresh(warehouse, at=tokyo(9, 11))["inquiries"].rows == 1
        rows = run(warehouse, INQUIRIES.unbound(), tables=[INQUIRIES]).records()
        assert {row["case_key"]: row["topic"] for row in rows} == {
            "Q-1": "login",
            "Q-2": None,
            "Q-3": None,
        }

    def test_a_merge_makes_no_inquiry_anew(self, desk: Cast, settings) -> None:
        warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
        label(desk, "Q-1", "login", "agent")
        refresh(warehouse, at=tokyo(9, 11))

        merge_label(
            workspace_id=desk.workspace.id, label="login", into="billing", at=tokyo(9, 12), by="t"
        )

        assert refresh(warehouse, at=tokyo(9, 13))["inquiries"].rows == 0
        assert "請求 (1 inquiry)" in lead(read(desk, "owner", f"{HERE}topics/?days=all"))


class TestSecondLabels:
    @pytest.fixture
    def drawn(self, desk: Cast) -> Cast:
        draw_second_labels(
            workspace_id=desk.workspace.id, per_mille=1000, at=tokyo(1, 9), by="test"
        )
        label(desk, "Q-1", "login", "agent")
        return desk

    def test_takahashi_reads_the_words_and_not_the_label(self, drawn: Cast) -> None:
        page = read(drawn, "engineer", f"{HERE}labels/", "ja")

        assert lead(page) == "1件があなたの分類を待っています。ほかの人の分類は表示しません。"
        assert "入れません" in page
        assert "鈴木" not in page
        assert "checked" not in main(page)
        assert "selected" not in main(page)

    def test_it_is_the_same_page_whatever_was_said_first(self, drawn: Cast) -> None:
        label(drawn, "Q-2", "billing", "agent")
        before = waiting_for_second_label(
            workspace_id=drawn.workspace.id,
            member=drawn.engineer.member.key,
            at=tokyo(9, 15),
        )
        label(drawn, "Q-1", "billing", "agent")
        after = waiting_for_second_label(
            workspace_id=drawn.workspace.id,
            member=drawn.engineer.member.key,
            at=tokyo(9, 15),
        )

        assert before == after

    def test_who_opened_the_words_is_noted(self, drawn: Cast) -> None:
        read(drawn, "engineer", f"{HERE}labels/")

        entry = AuditEntry.objects.get(what="words for a second label")
        assert entry.by == drawn.engineer.member.key
        assert entry.subject == f"inquiry:{case(drawn)}"

    def test_suzuki_has_nothing_to_label_twice(self, drawn: Cast) -> None:
        page = read(drawn, "agent", f"{HERE}labels/")

        assert lead(page) == "Nothing waits for your second label."
        with pytest.raises(NotToBeLabelled, match="another person"):
            label(drawn, "Q-1", "login", "agent", is_blind=True)

    def test_once_labelled_twice_it_is_out_of_the_list_and_counts(
        self, drawn: Cast, settings
    ) -> None:
        address = f"{HERE}cases/{case(drawn)}/labels/"
        send(drawn, "engineer", address, topic="billing", blind="1", back=f"{HERE}labels/")
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(9, 15))

        assert lead(read(drawn, "owner", f"{HERE}labels/")).startswith("Nothing waits")
        page = read(drawn, "owner", f"{HERE}topics/agreement/?days=all")
        assert "0 of 1 pairs" in strip_tags(page)
        assert lead(page).startswith("Too few were labelled by two")
        assert "ログイン" in lead(read(drawn, "owner", f"{HERE}topics/?days=all", "ja"))

    def test_an_inquiry_is_drawn_for_all_or_for_nobody(self, drawn: Cast) -> None:
        draw_second_labels(workspace_id=drawn.workspace.id, per_mille=0, at=tokyo(2, 9), by="t")

        assert lead(read(drawn, "engineer", f"{HERE}labels/")).startswith("Nothing waits")


class TestTheTopicsPage:
    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_keeps_the_manners_of_a_page(self, desk: Cast, settings, language: str) -> None:
        label(desk, "Q-1", "login", "agent")
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(9, 11))
        pages = ("topics/?days=all", "topics/agreement/", "topics/codebook/", "labels/")
        for address in (*pages, "findings/", "findings/cases/", "events/"):
            reader = Reader()
            reader.feed(read(desk, "owner", HERE + address, language))
            assert reader.forbidden == []
            assert reader.headings[0] == "h1"

    def test_an_agent_labels_and_does_not_sort(self, desk: Cast) -> None:
        page = read(desk, "agent", f"{HERE}topics/codebook/")

        assert "topics/definitions/" not in page
        for address in ("definitions", "merges", "endings", "drawings"):
            assert send(desk, "agent", f"{HERE}topics/{address}/").status_code == 403

    def test_takahashi_defines_a_topic_and_is_told_when_it_cannot_be(self, desk: Cast) -> None:
        address = f"{HERE}topics/definitions/"

        send(desk, "engineer", address, key="sound", name_ja="音声", gate="0.8")
        send(desk, "engineer", address, key="音", name_ja="音声")

        assert CodebookChange.objects.get(key="sound").number == 3
        assert not CodebookChange.objects.filter(key="音").exists()
        page = read(desk, "engineer", f"{HERE}topics/codebook/", "ja")
        assert lead(page) == "使用中の話題は3件です（第3版）。"

    def test_visitors_of_a_simulated_workspace_read_and_change_nothing(self, desk: Cast) -> None:
        page = read(desk, "nobody", "/w/kitsune/topics/")

        assert 'method="post"' not in main(page)

    def test_who_it_hangs_on_is_told_to_managers(self, desk: Cast, settings) -> None:
        from shinrai.desk.operations.steps import take_step

        there = desk.workspace.id
        takahashi = desk.engineer.member.key
        for n in range(5):
            ours = file_investigation(
                workspace_id=there, source_key=f"INV-{n}", at=tokyo(8, 9), by="staff:9",
                words="?", detail={"topic": "login"},
            )  # fmt: skip
            take_step(
                case_id=ours, kind="finding", at=tokyo(8, 10), by=takahashi, role="cre",
                detail={"verdict": "defect"},
            )  # fmt: skip
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(9, 11))

        assert "高橋" in read(desk, "owner", f"{HERE}findings/")
        for part in ("agent", "engineer"):
            page = read(desk, part, f"{HERE}findings/")
            assert "高橋" not in main(page)
            assert "hangs on one person" in page

    def test_topics_are_sorted_searched_and_taken_away(self, desk: Cast, settings) -> None:
        """Suzuki says that Q-1 is about login and Q-2 about 請求, which nobody defined."""
        label(desk, "Q-1", "login", "agent")
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(9, 11))
        client = desk.agent.client()

        assert column(client, f"{HERE}topics/?days=all&sort=topic", "key") == ["login"]
        assert column(client, f"{HERE}topics/?days=all&q=nothing", "key") == []
        [row] = csv_rows(client, f"{HERE}topics/?days=all")
        assert (row["Inquiries"], row["Mode"]) == ("1", "via_cs")
        assert "Nothing here holds" in read(desk, "agent", f"{HERE}topics/?days=all&q=nothing")

    def test_the_topic_that_rose_leads_and_one_that_ended_is_named(
        self, desk: Cast, settings
    ) -> None:
        """Login: 2 in late May, 14 in early June. Billing: 9 in late May, none since."""
        for topic, month, count in (("login", 5, 2), ("billing", 5, 9), ("login", 6, 14)):
            for n in range(count):
                key = f"{topic}-{month}-{n}"
                at = tokyo(1 + n % 7, 9).replace(month=month) + timedelta(days=23 * (month == 5))
                case_id = receive_inquiry(
                    workspace_id=desk.workspace.id,
                    source_key=key,
                    at=at,
                    by="customer:2",
                    words="?",
                )
                by = desk.agent.member.key
                label_inquiry(case_id=case_id, topic=topic, at=at, by=by, role="agent")
        receive_inquiry(
            workspace_id=desk.workspace.id,
            source_key="old",
            at=tokyo(1, 9).replace(month=4),
            by="x",
            words="?",
        )
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(9, 11))
        address = f"{HERE}topics/?from=2026-06-01&to=2026-06-09"

        page = read(desk, "owner", address)
        with time_machine.travel(tokyo(9, 15), tick=False):
            rows = csv_rows(desk.agent.client(), f"{address}&sort=-change")

        assert "Most risen: ログイン, 14 (up from" in lead(page)
        assert [(row["Topic"], row["Inquiries"], row["Before"]) for row in rows] == [
            ("ログイン", "14", "2"),
            ("請求", "0", "9"),
        ]

    def test_where_records_begin_in_the_span_before_no_change_is_said(
        self, desk: Cast, settings
    ) -> None:
        label(desk, "Q-1", "login", "agent")
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=tokyo(9, 11))

        page = strip_tags(read(desk, "owner", f"{HERE}topics/?from=2026-06-01&to=2026-06-09"))

        assert "nothing to set it against" in page
        assert "Most risen" not in page

    def test_a_real_workspace_is_closed_to_visitors(self, desk: Cast) -> None:
        mark_real(workspace_id=desk.simulated.id, reason="t", at=tokyo(1, 9), by="t")

        assert desk.guardian.client().get("/w/kitsune/topics/").status_code == 404


class TestCommands:
    def test_a_codebook_is_kept_from_the_command_line(self, desk: Cast) -> None:
        def asked(*words: str):
            done = CliRunner().invoke(group, [*words, "-w", "tanuki", "--json"])
            assert done.exit_code == 0, done.output
            return json.loads(done.stdout)

        assert asked("add", "sound", "--ja", "音声")["codebook"] == 3
        assert asked("merge", "ログイン不可", "--into", "login")["codebook"] == 4
        topics = {it["key"]: it for it in asked("list")["topics"]}
        assert topics["ログイン不可"]["counts_as"] == "login"
        said = asked("label", "Q-1", "login", "--by", "suzuki@tanuki.example")
        asked("label", "Q-1", "billing", "--by", "takahashi@tanuki.example", "--blind")
        assert said["topic"] == "login"
        found = asked("agreement")["modes"]["via_cs"]
        assert (found["agreement"]["of"], found["topics"][0]["pairs"]) == (1, 1)
        assert asked("end", "sound")["codebook"] == 5
        assert asked("second", "30")["per_mille"] == 30

    def test_a_stranger_labels_nothing(self, desk: Cast) -> None:
        done = CliRunner().invoke(
            group, ["label", "Q-1", "login", "-w", "tanuki", "--by", "ito@elsewhere.example"]
        )

        assert done.exit_code == 2
        assert "nobody in tanuki signs in as" in done.stderr
