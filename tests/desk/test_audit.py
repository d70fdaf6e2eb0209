"""Nothing unseen: 鈴木 and 高橋 read, unmask and take away; 小林 is asked who looked, and why."""

import json
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.audit import REVEALED_FOR
from shinrai.customers.models import Person
from shinrai.customers.operations import record_customers
from shinrai.desk.commands.audit import group
from shinrai.desk.operations.defects import link_defect
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.models import Case
from shinrai.privacy.operations import set_masked_names
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import shown
from tests.downloads import csv_rows, json_rows

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
NOON = tokyo(9, 12)
WORDS = "山田太郎です。090-1234-5678 に電話してください"
HIDDEN = "〔name〕です。〔tel〕 に電話してください"
HERE = "/w/tanuki/"
CASE = f"{HERE}inquiries/Q-1/"


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> dict[str, int]:
    """Q-1 and Q-2 of one customer, Q-3 of nobody known, INV-1 about Q-1; one name is masked."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    set_masked_names(workspace_id=there, names=["山田 太郎"], at=tokyo(1, 9))
    cases = {
        key: receive_inquiry(
            workspace_id=there, source_key=key, at=tokyo(3, 9), by="customer:7", words=WORDS,
            channel="mail",
        )
        for key in ("Q-1", "Q-2", "Q-3")
    }  # fmt: skip
    record_customers(workspace_id=there, source="test", identifiers=["yamada-7"], at=tokyo(3, 9))
    person = Person.objects.get(workspace_id=there)
    Case.objects.filter(source_key__in=("Q-1", "Q-2")).update(customer_id=person.pk)
    cases["INV-1"] = file_investigation(
        workspace_id=there, source_key="INV-1", at=tokyo(3, 10), by=cast.agent.member.key,
        words="山田 太郎さまの音", inquiry_id=cases["Q-1"],
    )  # fmt: skip
    take_step(
        case_id=cases["INV-1"], kind="finding", at=tokyo(3, 12), by="staff:1", role="engineer",
        detail={"verdict": "defect"},
    )  # fmt: skip
    take_step(
        case_id=cases["INV-1"], kind="escalated", at=tokyo(3, 13), by="staff:1", role="engineer",
        tier=3,
    )  # fmt: skip
    number = link_defect(
        case_id=cases["INV-1"], url="https://tracker.example.com/1", title="Sound", at=tokyo(4, 10),
        by="staff:1",
    )  # fmt: skip
    return cases | {"person": person.pk, "defect": number}


def unmask(client: Client, case_id: int, reason: str, at=NOON):
    with time_machine.travel(at, tick=False):
        return client.post(f"{HERE}cases/{case_id}/reveals/", {"reason": reason})


def read(client: Client, address: str, at=NOON, language: str = "en") -> str:
    with time_machine.travel(at, tick=False):
        return shown(client, address, language)


class TestUnmasking:
    def test_a_reason_opens_one_case_to_one_person_for_ten_minutes(
        self, cast: Cast, desk: dict[str, int]
    ) -> None:
        client = cast.agent.client()
        assert HIDDEN in read(client, CASE)

        answer = unmask(client, desk["Q-1"], "電話で本人に確かめる")

        assert (answer.status_code, answer.headers["Location"]) == (302, CASE)
        page = read(client, CASE)
        assert WORDS in page
        assert "Unmasked for you until" in page
        assert "12:10" in page
        assert WORDS not in read(client, f"{HERE}inquiries/Q-2/"), "another case"
        assert WORDS not in read(cast.engineer.client(), CASE), "another person"
        assert WORDS not in read(client, f"{HERE}queue/"), "a list"
        assert WORDS in read(client, CASE, NOON + REVEALED_FOR - timedelta(seconds=1))
        assert HIDDEN in read(client, CASE, NOON + REVEALED_FOR)

        entry = AuditEntry.objects.get(kind="reveal")
        assert (entry.reason, entry.by) == ("電話で本人に確かめる", cast.agent.member.key)
        assert (entry.subject, entry.shown) == (f"inquiry:{desk['Q-1']}", [desk["Q-1"]])

    @pytest.mark.parametrize("reason", ["", "   \0", "x" * 501])
    def test_without_a_reason_it_stays_masked_and_keeps_what_was_typed(
        self, cast: Cast, desk: dict[str, int], reason: str
    ) -> None:
        answer = unmask(cast.agent.client(), desk["Q-1"], reason)

        assert answer.status_code == 422
        page = answer.content.decode()
        assert "say why you need the words" in page
        assert WORDS not in page
        assert reason.strip(" \0") in page
        assert not AuditEntry.objects.filter(kind="reveal").exists()

    def test_only_members_and_only_of_its_workspace(self, cast: Cast, desk: dict[str, int]) -> None:
        for person, status in ((cast.stranger, 404), (cast.guardian, 404), (cast.nobody, 403)):
            assert unmask(person.client(), desk["Q-1"], "why").status_code == status
        other = cast.stranger.client().post(
            f"/w/elsewhere/cases/{desk['Q-1']}/reveals/", {"reason": "why"}
        )
        assert other.status_code == 404
        assert not AuditEntry.objects.filter(kind="reveal").exists()


ADDRESSES = (
    CASE,
    f"{HERE}investigations/INV-1/",
    HERE,
    f"{HERE}queue/",
    f"{HERE}investigations/",
    f"{HERE}handover/",
    f"{HERE}search/?q=電話",
    f"{HERE}defects/DEFECT/",
    f"{HERE}third-line/",
    f"{HERE}queue/?format=csv",
    f"{HERE}handover/?format=json",
    "/queue/",
)


class TestEveryView:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_names_the_cases_it_showed(
        self, cast: Cast, desk: dict[str, int], address: str
    ) -> None:
        with time_machine.travel(NOON, tick=False):
            answer = cast.manager.client().get(address.replace("DEFECT", str(desk["defect"])))
            text = answer.getvalue().decode()

        [entry] = AuditEntry.objects.filter(by=cast.manager.member.key)
        there = {case for key, case in desk.items() if "-" in key and key in text}
        if address in ADDRESSES[:2]:  # of a related case the key stands there alone
            there = {desk[address.split("/")[-2]]}
        assert set(entry.shown) == there, "neither more nor fewer"
        assert there
        is_download = "format=" in address
        assert entry.kind == ("export" if is_download else "view")
        assert entry.lines == (len(there) if is_download else None)

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_is_refused_where_it_cannot_be_written_down(
        self, cast: Cast, desk: dict[str, int], owner_cursor, address: str
    ) -> None:
        client = cast.manager.client()
        client.raise_request_exception = False
        owner_cursor.execute("REVOKE INSERT ON accounts_auditentry FROM shinrai_app")
        try:
            with time_machine.travel(NOON, tick=False):
                answer = client.get(address.replace("DEFECT", str(desk["defect"])))
        finally:
            owner_cursor.execute("GRANT INSERT ON accounts_auditentry TO shinrai_app")

        assert answer.status_code == 500
        assert "〔name〕" not in answer.getvalue().decode()

    def test_masks_names_and_numbers_in_pages_and_downloads(
        self, cast: Cast, desk: dict[str, int]
    ) -> None:
        client = cast.engineer.client()
        for address in ADDRESSES[:7]:
            page = read(client, address)
            assert "太郎" not in page, address
            assert "090-1234" not in page, address
        with time_machine.travel(NOON, tick=False):
            assert {row["title"] for row in json_rows(client, f"{HERE}queue/")} == {
                HIDDEN, "〔name〕さまの音",
            }  # fmt: skip
            assert json_rows(client, f"{HERE}search/?q=太郎") == []
            assert len(json_rows(client, f"{HERE}search/?q=電話してください")) == 3


class TestReport:
    def told(self, cast: Cast, person: int) -> list[tuple[str, str, str]]:
        """Give who looked at a customer, at which cases and why, as the download says it."""
        with time_machine.travel(NOON + timedelta(hours=1), tick=False):
            rows = json_rows(cast.manager.client(), f"{HERE}audit/persons/{person}/")
        return sorted((row["by"], row["cases"], row["reason"]) for row in rows)

    def test_equals_what_was_seen(self, cast: Cast, desk: dict[str, int]) -> None:
        agent, engineer = cast.agent.client(), cast.engineer.client()
        read(agent, CASE)
        unmask(agent, desk["Q-1"], "本人に電話する")
        read(engineer, f"{HERE}inquiries/Q-3/")  # nobody's
        read(engineer, f"{HERE}queue/")
        with time_machine.travel(NOON, tick=False):
            csv_rows(cast.product_engineer.client(), f"{HERE}handover/")
        read(cast.manager.client(), f"{HERE}imports/")

        assert self.told(cast, desk["person"]) == sorted(
            [
                ("鈴木", "Q-1", ""),
                ("鈴木", "Q-1", "本人に電話する"),
                ("高橋", "Q-1 INV-1", ""),
                ("森", "Q-1 INV-1", ""),
            ]
        )

    def test_knows_older_entries_that_name_the_subject_alone(
        self, cast: Cast, desk: dict[str, int]
    ) -> None:
        AuditEntry.objects.create(
            workspace_id=cast.workspace.id, kind="view", what="words of a case", by="staff:0",
            subject=f"inquiry:{desk['Q-2']}", reason="", at=tokyo(4, 9),
        )  # fmt: skip

        assert self.told(cast, desk["person"]) == [("staff:0", "Q-2", "")]

    @pytest.mark.parametrize(
        ("language", "said"),
        [("en", "2 people of たぬき塾 have seen words"), ("ja", "たぬき塾の2人が")],
    )
    def test_is_a_page_in_both_languages(
        self, cast: Cast, desk: dict[str, int], language: str, said: str
    ) -> None:
        read(cast.agent.client(), CASE)
        read(cast.engineer.client(), CASE)
        page = read(
            cast.manager.client(), f"{HERE}audit/persons/{desk['person']}/", language=language
        )

        assert said in page
        assert "鈴木" in page
        assert AuditEntry.objects.filter(
            what="report of the audit", subject=f"customer:{desk['person']}"
        ).exists()

    def test_is_found_by_the_exact_identifier_alone(self, cast: Cast, desk: dict[str, int]) -> None:
        client = cast.manager.client()

        def found(typed: str) -> str:
            return client.post(f"{HERE}audit/persons/", {"customer": typed}).headers["Location"]

        there = f"{HERE}audit/persons/{desk['person']}/"
        assert found("test:yamada-7") == there
        assert [found(one) for one in ("yamada", "test:yamada", "", "\0")] == [f"{HERE}audit/"] * 4
        asked = AuditEntry.objects.filter(what="look up customer")
        assert asked.count() == 5
        assert asked.filter(subject=f"customer:{desk['person']}").count() == 1

    def test_of_a_member_says_what_they_saw(self, cast: Cast, desk: dict[str, int]) -> None:
        read(cast.agent.client(), CASE)
        read(cast.engineer.client(), f"{HERE}queue/")
        with time_machine.travel(NOON, tick=False):
            address = f"{HERE}audit/members/{cast.agent.member.id}/"
            [row] = json_rows(cast.manager.client(), address)

        assert (row["what"], row["cases"]) == ("read the words of a case", "Q-1")

    def test_is_for_who_may_read_the_audit(self, cast: Cast, desk: dict[str, int]) -> None:
        for address in (f"persons/{desk['person']}/", f"members/{cast.agent.member.id}/"):
            assert cast.agent.client().get(f"{HERE}audit/{address}").status_code == 403
            assert cast.stranger.client().get(f"{HERE}audit/{address}").status_code == 404
        assert cast.manager.client().get(f"{HERE}audit/persons/999999/").status_code == 404
        elsewhere = cast.stranger.client().get(f"/w/elsewhere/audit/persons/{desk['person']}/")
        assert elsewhere.status_code == 404

    def test_a_command_lists_the_same(self, cast: Cast, desk: dict[str, int]) -> None:
        read(cast.agent.client(), CASE)
        read(cast.agent.client(), f"{HERE}inquiries/Q-3/")
        asked = ["list", "--workspace", "tanuki", "--person", str(desk["person"]), "--json"]
        [entry] = json.loads(CliRunner().invoke(group, asked).stdout)["entries"]

        assert (entry["kind"], entry["shown"]) == ("view", [desk["Q-1"]])
        asked = ["list", "--workspace", "tanuki", "--member", "suzuki@tanuki.example", "--json"]
        assert len(json.loads(CliRunner().invoke(group, asked).stdout)["entries"]) == 2


class TestNames:
    ADDRESS = f"{HERE}settings/names/"

    def test_are_set_on_a_page_and_said_to_be_so_without_being_named(
        self, cast: Cast, desk: dict[str, int]
    ) -> None:
        client = cast.engineer.client()
        assert "山田 太郎" in read(client, self.ADDRESS)

        assert client.post(self.ADDRESS, {"names": "電話\nKita"}).status_code == 302

        assert "山田太郎です。〔tel〕 に〔name〕してください" in read(client, CASE)
        entry = AuditEntry.objects.get(what="set masked names")
        assert "電話" not in f"{entry.subject} {entry.reason}"
        assert AuditEntry.objects.filter(what="masked names").count() == 1

    def test_keep_what_was_typed_where_one_cannot_be_masked(
        self, cast: Cast, desk: dict[str, int]
    ) -> None:
        answer = cast.owner.client().post(self.ADDRESS, {"names": "山田\nx"})

        assert answer.status_code == 422
        assert "山田\nx" in answer.content.decode()

    def test_are_for_who_may_set_a_workspace_up(self, cast: Cast, desk: dict[str, int]) -> None:
        assert cast.agent.client().get(self.ADDRESS).status_code == 403


def test_what_is_filed_keeps_no_name_in_its_facts(cast: Cast, desk: dict[str, int]) -> None:
    answer = cast.agent.client().post(
        f"{HERE}investigations/new/?kind=other",
        {"kind": "other", "title": "音", "question": "出ない", "service": "山田太郎のアプリ"},
    )

    assert answer.status_code == 302
    assert Case.objects.latest("id").steps.get().detail["service"] == "〔name〕のアプリ"
