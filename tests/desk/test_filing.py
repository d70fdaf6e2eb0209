"""Suzuki of CS files with CRE on Wednesday 3 June 2026: what is missing is said, nothing lost."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from shinrai.accounts.models import AuditEntry
from shinrai.calendars.operations import save_calendar
from shinrai.customers.operations import record_customers
from shinrai.desk.commands.inquiries import group as inquiries_group
from shinrai.desk.commands.investigations import group
from shinrai.desk.models import CaseFile, CaseNumber
from shinrai.desk.operations.filing import (
    FilingRequest,
    ReceiptRequest,
    file_case,
    receive_by_hand,
)
from shinrai.desk.operations.kinds import retire_kind, save_kind
from shinrai.desk.operations.steps import file_investigation
from shinrai.desk.queries.kinds import kind_named, kinds_of
from shinrai.desk.rules.case_facts import BadFiling, MissingFacts, read_kind
from shinrai.desk.rules.files import NewFile
from shinrai.inquiries.queries import inquiry
from shinrai.investigations.queries import investigation
from shinrai.ledger.models import Batch, Case, Step
from shinrai.ledger.queries import case_heads
from shinrai.objectives.operations.saving import save_objective
from shinrai.privacy.operations import read_words
from tests.cast import Cast
from tests.desk.stage import OFFICE, promise, tokyo
from tests.desk.test_file_types import PNG

pytestmark = pytest.mark.django_db
AT = tokyo(3, 14, 10)
FACTS = {
    "happened_at": "2026-06-03T13:50",
    "steps_tried": "再起動",
    "screen": "レッスン",
    "version": "4.2.0",
    "device": "iPhone 15",
    "account": "A-17",
}


def asking(cast: Cast, **more: Any) -> FilingRequest:
    usual = {"kind": "broken", "title": "動画が止まる", "question": "なぜ？", "facts": FACTS}
    return FilingRequest(cast.workspace, at=AT, by=cast.agent.member.key, **(usual | more))


def said(cast: Cast, **more: Any) -> ReceiptRequest:
    words = {"words": "電話があった\n動画が止まる"} | more
    return ReceiptRequest(cast.workspace, at=AT, by=cast.agent.member.key, **words)


def key_of(case_id: int) -> str:
    return case_heads([case_id])[case_id].source_key


class TestFiling:
    def test_words_and_details_are_as_an_engineer_needs_them(self, cast: Cast) -> None:
        asked = asking(cast, service="学習アプリ", priority="high", inquiry="ZD-51302")
        key = key_of(file_case(asked))

        found = investigation(workspace_id=cast.workspace.id, source_key=key)

        [step] = found.steps
        assert key == "INV-1"
        assert step.detail == {
            "mode": "via_cs",
            "kind": "broken",
            "priority": "high",
            "service": "学習アプリ",
            "inquiry_reference": "ZD-51302",
            "happened_at": "2026-06-03T13:50+09:00",
            "screen": "レッスン",
            "version": "4.2.0",
            "device": "iPhone 15",
        }
        words = read_words([step.words_id])[step.words_id]
        assert words == "動画が止まる\n\nなぜ？\n\nSteps tried: 再起動\nAccount: A-17"

    def test_everything_wrong_is_said_at_once_and_nothing_is_half_written(self, cast: Cast) -> None:
        wrong = asking(
            cast,
            title="x" * 1_000_000,
            question=" ",
            facts={"screen": "レッスン"},
            priority="at once",
            inquiry="ftp://desk.example/1",
            files=(NewFile("a.txt", PNG),),
        )

        with pytest.raises(MissingFacts) as refused:
            file_case(wrong)

        assert refused.value.missing == (
            *("happened_at", "steps_tried", "version", "device", "account"),
        )
        assert {"title", "question", "priority", "inquiry", "files"} < set(refused.value.wrong)
        assert len(refused.value.text["ja"]) < 2_000
        assert not Case.objects.exists()
        assert not CaseNumber.objects.exists()

    def test_about_a_known_customers_inquiry_it_lies_under_their_key(self, cast: Cast) -> None:
        known = record_customers(
            workspace_id=cast.workspace.id, source="zendesk", identifiers=["U-7"], at=AT
        )["U-7"]
        Batch.objects.create(
            workspace_id=cast.workspace.id,
            source="zendesk",
            mapping={},
            files=[],
            fingerprint="x",
            started_at=AT,
            by="test",
        )
        asked = receive_by_hand(said(cast, customer="U-7", mode="direct"))

        filed = file_case(asking(cast, inquiry=key_of(asked)))

        heads = case_heads([asked, filed])
        assert {head.key_id for head in heads.values()} == {known.key_id}
        assert heads[filed].customer_id == known.id
        assert heads[filed].parent_id == asked
        found = investigation(workspace_id=cast.workspace.id, source_key=key_of(filed))
        assert found.state.mode == "direct"

    def test_a_number_that_a_source_has_used_is_passed_over(self, cast: Cast) -> None:
        for number in (1, 2, 3):
            file_investigation(
                workspace_id=cast.workspace.id,
                source_key=f"INV-{number}",
                at=AT,
                by="test",
                words="-",
            )

        keys = [key_of(file_case(asking(cast))) for _ in range(2)]

        assert keys == sorted(set(keys))
        assert not {"INV-1", "INV-2", "INV-3"} & set(keys)


@pytest.mark.django_db(transaction=True)
def test_two_who_file_at_once_get_two_numbers(cast: Cast) -> None:
    def file_one(_: int) -> int:
        try:
            return file_case(asking(cast))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        filed = list(people.map(file_one, range(8)))

    assert {key_of(case_id) for case_id in filed} == {f"INV-{n}" for n in range(1, 9)}


class TestReceiving:
    def test_what_came_earlier_is_recorded_now(self, cast: Cast) -> None:
        asked = said(
            cast,
            channel="phone",
            account="株式会社こだま",
            received="2026-06-03T09:05",
            facts={"screen": "ログイン", "last_failure": "E-401"},
        )
        key = key_of(receive_by_hand(asked))

        found = inquiry(workspace_id=cast.workspace.id, source_key=key)

        [step] = found.steps
        assert key == "INQ-1"
        assert (step.at, step.recorded_at) == (tokyo(3, 9, 5), AT)
        assert step.detail == {
            "mode": "via_cs",
            "channel": "phone",
            "account": "株式会社こだま",
            "screen": "ログイン",
            "last_failure": "E-401",
        }
        assert (step.role, step.tier) == ("customer", 1)

    def test_a_case_we_open_is_ours(self, cast: Cast) -> None:
        key = key_of(receive_by_hand(said(cast, mode="proactive")))

        found = inquiry(workspace_id=cast.workspace.id, source_key=key)

        assert found.state.mode == "proactive"
        assert (found.steps[0].role, found.steps[0].tier) == ("agent", 2)

    @pytest.mark.parametrize(
        ("name", "typed"),
        [
            ("received", "2026-06-04T00:00"),
            ("customer", "nobody@example.jp"),
            ("mode", "chat"),
            ("channel", ""),
            ("words", " \n "),
            ("account", "x" * 101),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_field(
        self, cast: Cast, name: str, typed: str
    ) -> None:
        with pytest.raises(BadFiling) as refused:
            receive_by_hand(replace(said(cast), **{name: typed}))

        assert list(refused.value.wrong) == [name]
        assert not Step.objects.exists()


class TestKinds:
    def test_the_newest_version_counts_and_others_stay_as_shipped(self, cast: Cast) -> None:
        there = cast.workspace.id
        for asked in ({"screen": "required"}, {"device": "asked"}):
            kind = read_kind("as_designed", "is this as designed?", asked, [])
            save_kind(workspace_id=there, kind=kind, at=AT, by="staff:1")

        found = kind_named(workspace_id=there, key="as_designed")

        assert [one.fact.key for one in found.facts] == ["device"]
        assert found.name["ja"] == "仕様どおりかを知りたい", "the name was not changed"
        assert len(kinds_of(workspace_id=there)) == 4
        assert kinds_of(workspace_id=cast.simulated.id)[1].facts[0].fact.key == "screen"

    def test_a_retired_kind_is_not_offered_but_the_last_one_is_kept(self, cast: Cast) -> None:
        there = cast.workspace.id
        for key in ("broken", "as_designed", "wrong_data"):
            retire_kind(workspace_id=there, key=key, at=AT, by="staff:1")

        with pytest.raises(BadFiling):
            retire_kind(workspace_id=there, key="other", at=AT, by="staff:1")

        assert [kind.key for kind in kinds_of(workspace_id=there)] == ["other"]


@pytest.mark.end_to_end
class TestPages:
    NEW = "/w/tanuki/investigations/new/"

    def test_a_page_refuses_says_what_is_missing_and_keeps_what_was_typed(self, cast: Cast) -> None:
        typed = {"kind": "broken", "title": "動画", "question": "なぜ", "fact:screen": "画面A"}
        files = {"files": SimpleUploadedFile("画面.txt", PNG)}

        answer = cast.agent.client().post(
            self.NEW, typed | files, headers={"accept-language": "ja"}
        )

        page = answer.content.decode()
        assert answer.status_code == 422
        for name in ("発生日時", "試したこと", "バージョン", "端末", "アカウント"):
            assert f"「{name}」を入力してください" in page
        for kept in ('value="動画"', ">なぜ</textarea>", 'value="画面A"', "（画面.txt）"):
            assert kept in page
        assert "拡張子は .txt ですが、中身は image/png です" in page
        assert not Case.objects.exists()

    def test_only_what_the_inquiry_does_not_say_is_asked(self, cast: Cast) -> None:
        told = {"screen": "レッスン", "version": "4.2.0"}
        key = key_of(receive_by_hand(said(cast, facts=told)))
        client = cast.agent.client()

        page = client.get(f"{self.NEW}?kind=as_designed&inquiry={key}").content.decode()
        sent = {"kind": "as_designed", "title": "T", "question": "Q", "inquiry": key}
        answer = client.post(self.NEW, sent)

        assert 'id="fact-1"' not in page
        assert "レッスン" in page
        assert answer["Location"] == "/w/tanuki/investigations/INV-1/"
        filed = investigation(workspace_id=cast.workspace.id, source_key="INV-1")
        assert told.items() <= filed.steps[0].detail.items()

    def test_another_kind_is_chosen_without_losing_what_was_typed(self, cast: Cast) -> None:
        typed = {"kind": "as_designed", "deed": "kind", "title": "動画", "fact:screen": "画面A"}

        page = cast.agent.client().post(self.NEW, typed).content.decode()

        assert 'value="動画"' in page
        assert 'value="画面A"' in page
        assert 'name="fact:account"' not in page

    def test_a_button_clicked_twice_files_one_case(self, cast: Cast) -> None:
        typed = {"kind": "other", "title": "動画", "question": "なぜ"}
        client = cast.agent.client()
        page = client.get(f"{self.NEW}?kind=other").content.decode()
        mark = re.search(r'name="mark" value="([0-9a-f]+)"', page).group(1)

        refused = client.post(self.NEW, typed | {"mark": mark, "title": ""})
        first, second = (client.post(self.NEW, typed | {"mark": mark}) for _ in range(2))
        other = client.post(self.NEW, typed | {"mark": "another"})
        odd = client.post(self.NEW, typed | {"mark": "no\0mark " + "x" * 300})

        assert refused.status_code == 422
        assert first["Location"] == second["Location"] == "/w/tanuki/investigations/INV-1/"
        assert other["Location"] == "/w/tanuki/investigations/INV-2/"
        assert odd["Location"] == "/w/tanuki/investigations/INV-3/"
        assert Case.objects.count() == 3

    def test_the_due_time_is_said(self, cast: Cast) -> None:
        there, start = cast.workspace.id, tokyo(1, 9)
        save_calendar(workspace_id=there, name="office", document=OFFICE, at=start, by="test")
        save_objective(workspace_id=there, document=promise(), at=start, by="test")

        typed = {"kind": "other", "title": "動画", "question": "なぜ"}
        page = cast.agent.client().post(self.NEW, typed, follow=True).content.decode()

        assert "INV-1 is filed. It is due by" in page

    def test_a_kind_is_changed_by_page_and_the_audit_knows(self, cast: Cast) -> None:
        client, address = cast.engineer.client(), "/w/tanuki/kinds/"
        typed = {"kind": "new", "name": "記録が消えた", "asked:device": "required"}
        twice = {"own": ["端末ID", "端末ID"], "own_must": ["required", "asked"]}

        refused = client.post(address, typed | twice)
        done = client.post(address, typed | {"own": ["端末ID", ""], "own_must": ["asked"] * 2})

        assert refused.status_code == 422
        assert refused.content.decode().count('value="端末ID"') == 2
        assert done.status_code == 302
        found = kind_named(workspace_id=cast.workspace.id, key="own-1")
        assert [(one.fact.key, one.is_required) for one in found.facts] == [
            ("device", True),
            ("端末ID", False),
        ]
        assert AuditEntry.objects.filter(what="save investigation kind").count() == 1
        assert cast.agent.client().get(address).status_code == 403

    def test_an_inquiry_is_written_down_with_a_picture(self, cast: Cast) -> None:
        typed = {"words": "電話", "mode": "direct", "channel": "phone"}
        files = {"files": SimpleUploadedFile("画面.png", PNG)}
        client = cast.agent.client()

        shown = client.post("/w/tanuki/inquiries/new/", typed | files, follow=True)
        [row] = CaseFile.objects.all()
        sent = client.get(f"/w/tanuki/cases/{row.case_id}/files/{row.pk}/")

        assert "画面.png" in shown.content.decode()
        assert sent.content == PNG
        assert sent["Content-Type"] == "image/png"


class TestCommands:
    def run(self, commands: Any, *words: str) -> Any:
        return CliRunner().invoke(commands, [*words, "--workspace", "tanuki"])

    def test_kinds_are_listed_for_programs(self, cast: Cast) -> None:
        document = json.loads(self.run(group, "kinds", "--json").stdout)

        assert [kind["kind"] for kind in document["kinds"]] == [
            *("broken", "as_designed", "wrong_data", "other"),
        ]

    def test_one_is_filed_with_facts_and_a_log(self, cast: Cast, tmp_path: Any) -> None:
        log = tmp_path / "app.log"
        log.write_text("E-401")
        asked = ("--kind", "as_designed", "--title", "T", "--question", "Q", "--json")
        given = ("--fact", "screen=A=B", "--fact", "version=4", "--file", str(log))

        done = self.run(group, "file", *asked, *given, "--by", "suzuki@tanuki.example")
        refused = self.run(group, "file", *asked, "--fact", "screen=A")

        assert json.loads(done.stdout)["investigation"] == "INV-1", done.output
        assert CaseFile.objects.get().by == cast.agent.member.key
        assert refused.exit_code == 2
        assert "version" in refused.output

    def test_an_inquiry_is_received(self, cast: Cast) -> None:
        done = self.run(inquiries_group, "receive", "--words", "電話", "--mode", "direct", "--json")

        assert json.loads(done.stdout) == {"inquiry": "INQ-1"}
        assert Step.objects.get().at <= datetime.now(UTC)
