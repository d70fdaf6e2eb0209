"""Aki's days beside what her mother asked; what was set aside; who was joined; who is linked."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urljoin
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.models import AuditEntry
from shinrai.customers.operations import record_customers
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.models import Case
from shinrai.units.text import Text
from shinrai.usage.commands.events import quarantine
from shinrai.usage.models import InboxEvent, QuarantinedEvent
from shinrai.usage.operations.events import ACTORS, set_aside
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.revenue.test_import import take_in
from tests.usage.filling import Act, fill

MORNING = datetime(2026, 6, 17, 9, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def warehouse(cast: Cast, settings, tmp_path: Path) -> Warehouse:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    return Warehouse(settings.SHINRAI_WAREHOUSE)


@pytest.fixture
def persons(cast: Cast) -> dict[str, int]:
    found = {}
    for source, names in ((ACTORS, ("aki", "tablet", "ben")), ("desk", ("mother", "father"))):
        rows = record_customers(
            workspace_id=cast.workspace.id, source=source, identifiers=names, at=MORNING
        )
        found |= {name: one.id for name, one in rows.items()}
    return found


class Browser:
    def __init__(self, person) -> None:
        self.client = person.client()

    def get(self, address: str):
        with time_machine.travel(MORNING, tick=False):
            return self.client.get(urljoin("/w/tanuki/usage/", address))

    def post(self, address: str, **given: str):
        with time_machine.travel(MORNING, tick=False):
            return self.client.post(f"/w/tanuki/usage/{address}", given)


@pytest.fixture
def owner(cast: Cast, warehouse: Warehouse) -> Browser:
    return Browser(cast.owner)


def acts(cast: Cast, warehouse: Warehouse, person: int, *days_ago: int) -> None:
    there = [Act(person, MORNING - timedelta(days=days)) for days in days_ago]
    fill(warehouse, there, zone="Asia/Tokyo", workspace_id=cast.workspace.id)


class TestAPerson:
    def test_shows_the_month_its_days_and_the_run(self, cast, warehouse, persons, owner) -> None:
        acts(cast, warehouse, persons["aki"], 0, 1, 2, 9)

        shown = owner.get(f"people/{persons['aki']}/").content.decode()

        assert "4 active days in 2026-06" in shown
        assert "3 days in a row now" in shown
        assert "06-16: 1 event" in shown
        assert "06-15: 1 event" in shown
        assert "06-14: no use" in shown

    def test_another_month_is_asked_for_and_none_beyond(self, cast, warehouse, persons, owner):
        acts(cast, warehouse, persons["aki"], 0, 40)

        assert (
            "1 active day in 2026-05"
            in owner.get(f"people/{persons['aki']}/?month=2026-05").content.decode()
        )
        assert (
            "1 active day in 2026-06"
            in owner.get(f"people/{persons['aki']}/?month=2031-01").content.decode()
        )

    def test_who_never_used_it_has_an_empty_page_and_a_stranger_none(
        self, cast, warehouse, persons, owner
    ):
        acts(cast, warehouse, persons["aki"], 0)

        shown = owner.get(f"people/{persons['ben']}/").content.decode()
        assert "No use by this person is known." in shown
        assert owner.get("people/99999999/").status_code == 404
        assert Browser(cast.stranger).get(f"people/{persons['aki']}/").status_code in (403, 404)

    def test_the_household_is_beside_it(self, cast, warehouse, persons, owner):
        acts(cast, warehouse, persons["aki"], 0)
        for learner in ("aki", "ben"):
            answer = owner.post(
                "links/change/", learner=learner, guardian="desk:mother", since="2026-04-01",
                proof="form 12", contract="C-1",
            )  # fmt: skip
            assert answer.status_code == 302
        shown = owner.get(f"people/{persons['aki']}/").content.decode()

        assert "mother" in shown
        assert "ben" in shown
        assert "contract C-1" in shown
        listed = owner.get("links/").content.decode()
        assert "Learners: 2, guardians: 1, payers of a contract: 1." in listed

    def test_days_to_come_are_no_days_without_use(self, cast, warehouse, persons, owner) -> None:
        acts(cast, warehouse, persons["aki"], 0)

        shown = owner.get(f"people/{persons['aki']}/").content.decode()
        assert 'class="cell closed"><title>06-18' in shown
        assert 'class="cell none"><title>06-16' in shown
        assert 'class="cell little"><title>06-17: 1 event' in shown

    def test_a_contract_of_the_household_is_shown_once(
        self, cast, warehouse, persons, owner, tmp_path
    ):
        """Mother pays for Aki and Ben by one contract: two links, one contract."""
        acts(cast, warehouse, persons["aki"], 0)
        file = tmp_path / "contracts.csv"
        file.write_text(
            "contract id,customer,plan,monthly amount,start date,end date\n"
            "C-1,mother,family,3980,2026-04-01,\nC-9,somebody,single,980,2026-04-01,\n"
        )
        take_in(file, "--currency", "JPY")
        for learner in ("aki", "ben"):
            owner.post(
                "links/change/", learner=learner, guardian="revenue:mother", since="2026-04-01",
                proof="form 12", contract="C-1",
            )  # fmt: skip

        shown = owner.get(f"people/{persons['aki']}/").content.decode()
        assert shown.count('<th scope="row">C-1</th>') == 1
        assert "¥3,980" in shown
        assert "C-9" not in shown

    def test_what_the_mother_asked_is_beside_it_and_her_inquiry_names_the_child(
        self, cast, warehouse, persons, owner
    ):
        """She wrote Q-1, with her number in it; Q-2 is somebody else's."""
        for key, words in (("Q-1", "音が出ません 090-1234-5678"), ("Q-2", "無音")):
            receive_inquiry(
                workspace_id=cast.workspace.id, source_key=key, by="customer", words=words,
                channel="mail", at=MORNING - timedelta(days=2),
            )  # fmt: skip
        Case.objects.filter(source_key="Q-1").update(customer_id=persons["mother"])
        acts(cast, warehouse, persons["aki"], 0)
        owner.post(
            "links/change/", learner="aki", guardian="desk:mother", since="2026-04-01", proof="12"
        )

        shown = owner.get(f"people/{persons['aki']}/").content.decode()
        assert "/w/tanuki/inquiries/Q-1/" in shown
        assert "音が出ません" in shown
        assert "090-1234-5678" not in shown
        assert "/w/tanuki/inquiries/Q-2/" not in shown
        entry = AuditEntry.objects.filter(what="days of use of a person").latest("id")
        assert entry.shown == [Case.objects.get(source_key="Q-1").pk]

        link = f"/w/tanuki/usage/people/{persons['aki']}/"
        assert link in owner.get("../inquiries/Q-1/").content.decode()
        assert link not in owner.get("../inquiries/Q-2/").content.decode()


class TestLinks:
    def test_is_ended_from_its_row(self, persons, owner) -> None:
        owner.post(
            "links/change/", learner="aki", guardian="desk:father", since="2026-04-01",
            proof="a call", contract="C-1",
        )  # fmt: skip
        row = {"learner": persons["aki"], "guardian": persons["father"], "contract": "C-1"}

        refused = owner.post("links/change/", ends="1", until="2026-06-17", **row)
        assert refused.status_code == 422  # nobody says how one knows
        assert "father" in owner.get("links/").content.decode()

        owner.post("links/change/", ends="1", until="2026-06-17", proof="a letter", **row)
        assert "Nobody is linked yet" in owner.get("links/").content.decode()
        again = owner.post("links/change/", ends="1", proof="a letter", **row)
        assert "this link holds no longer" in again.content.decode()

    def test_who_is_linked_to_no_contract_pays_for_none(self, persons, owner) -> None:
        owner.post(
            "links/change/", learner="aki", guardian="desk:father", since="2026-04-01", proof="call"
        )

        shown = owner.get("links/").content.decode()
        assert "Learners: 1, guardians: 1, payers of a contract: 0." in shown

    def test_a_link_is_ended_and_what_is_wrong_keeps_what_was_typed(self, persons, owner):
        whole = {
            "learner": "aki", "guardian": "desk:father", "since": "2026-04-01", "proof": "a call",
        }  # fmt: skip
        owner.post("links/change/", **whole)
        assert "father" in owner.get("links/").content.decode()
        owner.post("links/change/", **whole | {"until": "2026-06-01"})
        assert "Nobody is linked yet" in owner.get("links/").content.decode()

        answer = owner.post("links/change/", **whole | {"guardian": "desk:nobody"})
        assert answer.status_code == 422
        assert "no customer is known as desk:nobody" in answer.content.decode()
        assert 'value="a call"' in answer.content.decode()


class TestMerges:
    def test_two_are_joined_by_hand_and_taken_apart(self, persons, owner) -> None:
        owner.post("merges/change/", actor="tablet", into="aki")
        shown = owner.get("merges/").content.decode()
        assert "identifier counts as another person's" in shown
        assert "joined on purpose" in shown

        number = shown.split('name="number" value="')[1].split('"')[0]
        owner.post("merges/change/", number=number)
        assert "Every identifier is a person of its own" in owner.get("merges/").content.decode()

    def test_who_is_unknown_is_not_joined(self, persons, owner) -> None:
        answer = owner.post("merges/change/", actor="nobody", into="aki")

        assert answer.status_code == 422
        assert "nobody used the service as" in answer.content.decode()
        assert 'value="nobody"' in answer.content.decode()

    def test_an_agent_reads_and_does_not_change(self, cast, persons, owner) -> None:
        agent = Browser(cast.agent)

        assert agent.get("merges/").status_code == 200
        assert agent.post("merges/change/", actor="tablet", into="aki").status_code == 403


class TestQuarantine:
    BODY = (
        b'{"type":"track","event":"x","userId":"aki","messageId":"1","properties":{"m":"a@b.jp"}}'
    )

    @pytest.fixture
    def number(self, cast: Cast) -> int:
        set_aside(
            workspace_id=cast.workspace.id, origin="POST /v1/batch",
            bad=[("message 3", Text("it has no {name}", name="id"), self.BODY)], at=MORNING,
        )  # fmt: skip
        return QuarantinedEvent.objects.get().pk

    def test_says_why_and_shows_it_masked(self, owner, number) -> None:
        assert "it has no id" in owner.get("quarantine/").content.decode()
        shown = owner.get(f"quarantine/{number}/").content.decode()

        assert "messageId" in shown
        assert "a@b.jp" not in shown
        assert owner.get(f"quarantine/{number + 1}/").status_code == 404

    def test_is_unmasked_for_a_reason_and_ten_minutes(self, cast, owner, number) -> None:
        there = f"quarantine/{number}/"
        assert owner.post(there, deed="unmask", reason=" ").status_code == 422
        assert "a@b.jp" not in owner.get(there).content.decode()

        assert owner.post(there, deed="unmask", reason="which client sends it").status_code == 302
        assert "a@b.jp" in owner.get(there).content.decode()
        assert "a@b.jp" not in Browser(cast.manager).get(there).content.decode()
        with time_machine.travel(MORNING + timedelta(minutes=11), tick=False):
            later = owner.client.get(f"/w/tanuki/usage/{there}")
        assert "a@b.jp" not in later.content.decode()
        entry = AuditEntry.objects.get(kind="reveal")
        assert (entry.subject, entry.reason, entry.shown) == (
            f"event:{number}", "which client sends it", [],
        )  # fmt: skip

    def test_is_filtered_by_reason(self, cast, owner, number) -> None:
        set_aside(
            workspace_id=cast.workspace.id, origin="f.csv", at=MORNING,
            bad=[("line 2", Text("it is not JSON"), b"{")],
        )  # fmt: skip

        shown = owner.get("quarantine/?why=it+is+not+JSON").content.decode()
        assert "line 2" in shown
        assert "message 3" not in shown

    def test_by_command_it_is_tried_again_or_discarded(self, cast, owner, number) -> None:
        set_aside(
            workspace_id=cast.workspace.id, origin="f.csv", at=MORNING,
            bad=[("line 2", Text("it is not JSON"), b"{")],
        )  # fmt: skip
        other = QuarantinedEvent.objects.latest("id").pk
        asked = ["--workspace", "tanuki", "--retry", number, "--retry", other, "--json"]

        found = json.loads(CliRunner().invoke(quarantine, list(map(str, asked))).output)
        assert found["counted"] == 1
        assert list(found["wrong"]) == [str(other)]
        asked = ["--workspace", "tanuki", "--discard", str(other)]
        assert CliRunner().invoke(quarantine, asked).exit_code != 0
        assert QuarantinedEvent.objects.count() == 1
        assert CliRunner().invoke(quarantine, [*asked, "--reason", "a test"]).exit_code == 0
        assert QuarantinedEvent.objects.count() == 0

    def test_tried_again_it_counts_from_when_it_came(self, owner, number) -> None:
        assert owner.post(f"quarantine/{number}/", deed="retry").status_code == 302

        assert QuarantinedEvent.objects.count() == 0
        assert InboxEvent.objects.get().received_at == MORNING

    def test_what_is_still_wrong_stays(self, cast, owner) -> None:
        set_aside(
            workspace_id=cast.workspace.id, origin="f.csv", at=MORNING,
            bad=[("line 2", Text("it is not JSON"), b'["a","b"]')],
        )  # fmt: skip
        number = QuarantinedEvent.objects.get().pk

        answer = owner.post(f"quarantine/{number}/", deed="retry")
        assert answer.status_code == 422
        assert "brought in again with its file" in answer.content.decode()
        assert QuarantinedEvent.objects.count() == 1

    def test_is_discarded_for_a_reason_alone(self, owner, number) -> None:
        assert owner.post(f"quarantine/{number}/", deed="discard").status_code == 422
        assert owner.post(f"quarantine/{number}/", deed="discard", reason="test").status_code == 302
        assert "Every event counts" in owner.get("quarantine/").content.decode()
