"""Programs are told of every step, by number and state alone, and once, however often it is sent.

INV-1 is filed by 鈴木 on Wed 3 June at 14:00 at Tanuki Juku; 高橋 works on it.
"""

import base64
import hmac
import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.delivery.sender import send_due
from shinrai.desk.commands.notices import group
from shinrai.desk.models import NoticeChannel
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.corrections import correct_step
from shinrai.desk.operations.filing import ReceiptRequest, receive_by_hand
from shinrai.desk.operations.notices import tell_of_clocks
from shinrai.desk.operations.webhooks import ReplayRequest, replay
from shinrai.desk.queries.notices import notice_channels
from shinrai.desk.queries.webhooks import DeliveryFilter, UnknownWebhook, webhook_deliveries
from shinrai.desk.rules.webhook_events import (
    EVENTS,
    OF_GUARDIAN,
    TYPES,
    USUAL,
    UnusableEvents,
    checked_events,
    gets_event,
    signing_secret,
)
from shinrai.inquiries.rules.kinds import KINDS as OF_INQUIRIES
from shinrai.investigations.rules.kinds import KINDS as OF_INVESTIGATIONS
from shinrai.ledger.queries import case_heads, newest_step
from tests.api.caller import key_of
from tests.cast import Cast
from tests.delivery.receiver import Receiver
from tests.desk.stage import tokyo
from tests.desk.test_notices import (
    AGENT,
    AT_RISK,
    DUE,
    ENGINEER,
    FILED,
    MINUTE,
    OWNER,
    WORDS,
    channel,
    desk,
    file,
    hook,
    mails,
    minute,
    people,
    prefer,
    step,
)

__all__ = ["desk", "hook"]
pytestmark = pytest.mark.django_db(transaction=True)


def number() -> int:
    return int(NoticeChannel.objects.latest("id").pk)


def send(at: datetime) -> None:
    send_due(clock=lambda: at)


def types(hook: Receiver) -> list[str]:
    return [body["type"] for body in hook.bodies]


def is_signed(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """Check a signature as the specification describes it, by none of our code."""
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    raw = hmac.new(base64.b64decode(secret[6:]), signed, "sha256").digest()
    return f"v1,{base64.b64encode(raw).decode()}" in headers["webhook-signature"].split(" ")


def wire(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


class TestEvents:
    def test_the_table_names_steps_that_exist(self) -> None:
        steps = {event[5:] for event in EVENTS if event.startswith("case.")}

        assert steps <= {*OF_INQUIRIES, *OF_INVESTIGATIONS}
        assert not steps & {"note", "worked", "labelled", "erased"}

    def test_a_life_is_told_step_by_step_with_how_the_case_stands(
        self, desk: Cast, hook: Receiver
    ) -> None:
        secret = channel(desk, hook.address, "signed")
        case_id = file(desk)
        step(desk, case_id, "note", FILED + MINUTE, desk.engineer, words=WORDS)
        step(desk, case_id, "sent_back", FILED + MINUTE, desk.engineer, words=WORDS)
        step(desk, case_id, "resubmitted", FILED + 2 * MINUTE, desk.agent, words=WORDS)
        step(desk, case_id, "answered", FILED + 3 * MINUTE, desk.engineer, words=WORDS)
        send(FILED + 3 * MINUTE)

        life = ["filed", "assigned", "sent_back", "resubmitted", "answered"]
        assert types(hook) == [f"case.{kind}" for kind in life]
        assert hook.bodies[0] == {
            "type": "case.filed",
            "timestamp": FILED.isoformat(),
            "data": {
                "workspace": "tanuki",
                "record": "investigation",
                "case": case_id,
                "key": "INV-1",
                "phase": "open",
                "holder": "tier:2",
                "due_at": DUE.isoformat(),
                "url": "https://shinrai.example/w/tanuki/investigations/INV-1/",
            },
        }
        stands = [(body["data"]["phase"], body["data"]["holder"]) for body in hook.bodies]
        assert stands[2:] == [("sent_back", "filer"), ("open", "tier:2"), ("answered", None)]
        assert all(is_signed(secret, headers, wire(body)) for _, headers, body in hook.got)
        assert "hanako" not in str(hook.got)

    def test_a_clock_and_a_correction_are_told_once(self, desk: Cast, hook: Receiver) -> None:
        channel(desk, hook.address, "signed")
        receipt = ReceiptRequest(
            workspace=desk.workspace, words=WORDS, at=FILED, by=desk.agent.member.key
        )
        case_id = receive_by_hand(receipt)
        step(desk, case_id, "inbound", FILED, desk.agent, words=WORDS)
        correct_step(
            case_id=case_id,
            sequence=newest_step(case_id),
            change={"substantive": False},
            why="slip",
            at=FILED + MINUTE,
            by=desk.agent.member.key,
            role="agent",
        )
        file(desk)
        for _ in range(2):
            tell_of_clocks(workspace=desk.workspace, at=DUE + MINUTE)
        send(DUE + MINUTE)

        assert types(hook).count("clock.overdue") == 1
        assert sorted({*types(hook)} - {"clock.overdue", "clock.at_risk"}) == [
            *("case.assigned", "case.corrected", "case.filed", "case.inbound", "case.received"),
        ]

    def test_what_was_split_off_is_received(self, desk: Cast, hook: Receiver) -> None:
        channel(desk, hook.address, "signed")
        by = desk.agent.member
        case_id = receive_by_hand(
            ReceiptRequest(workspace=desk.workspace, words=WORDS, at=FILED, by=by.key)
        )
        act(ActionRequest(case_id, "split", {"message": WORDS}, by, FILED + MINUTE))
        send(FILED + MINUTE)

        assert types(hook) == ["case.received", "case.split", "case.received"]
        assert len({body["data"]["key"] for body in hook.bodies}) == 2

    def test_a_webhook_chooses(self, desk: Cast, hook: Receiver) -> None:
        asked = {"channel": "signed", "target": hook.address, "wants": "all", "language": "en"}
        client = desk.owner.client()
        client.post(
            "/w/tanuki/notices/channels/", {**asked, "events": ["case.answered", "clock.overdue"]}
        )
        case_id = file(desk)
        step(desk, case_id, "answered", FILED + MINUTE, desk.engineer)
        address = f"/w/tanuki/notices/webhooks/{number()}/deeds/"
        client.post(address, {"what": "events", "events": ["case.reopened", "case.nonsense"]})
        client.post(address, {"what": "events", "events": ["case.reopened"]})
        step(desk, case_id, "reopened", FILED + 2 * MINUTE, desk.agent)
        step(desk, case_id, "answered", FILED + 3 * MINUTE, desk.engineer)
        send(FILED + 3 * MINUTE)

        assert types(hook) == ["case.answered", "case.reopened"]

    def test_all_events_are_the_same_as_none_chosen(self) -> None:
        assert checked_events(USUAL) == []
        assert checked_events(EVENTS) == list(EVENTS)
        assert not gets_event("all", (), OF_GUARDIAN)
        assert gets_event("own", (TYPES[OF_GUARDIAN],), OF_GUARDIAN)
        assert gets_event("all", (), "filed")
        assert not gets_event("own", (), "filed")
        assert gets_event("own", (), "overdue")
        assert gets_event("all", ("case.filed",), "test")
        assert not gets_event("all", ("case.filed",), "note")
        with pytest.raises(UnusableEvents):
            checked_events(["case.note"])


class TestSecrets:
    def test_the_old_one_signs_for_a_day_beside_the_new_one(
        self, desk: Cast, hook: Receiver
    ) -> None:
        old = channel(desk, hook.address, "signed")
        hook.answers = [(503, {})]
        file(desk, person=False)
        send(FILED)
        with time_machine.travel(FILED, tick=False):
            address = f"/w/tanuki/notices/webhooks/{number()}/"
            shown = desk.owner.client().post(f"{address}deeds/", {"what": "secret"})
            page = desk.owner.client().get(address).content.decode()
        new = shown.content.decode().partition("<code>whsec_")[2].partition("<")[0]
        new = f"whsec_{new.replace('&#x27;', '')}"
        assert new != old
        assert "whsec_" not in page
        send(FILED + MINUTE)  # what waited, too
        file(desk, "INV-2", FILED + timedelta(hours=25), person=False)
        send(FILED + timedelta(hours=25))

        checked = [
            [is_signed(secret, headers, wire(body)) for secret in (old, new)]
            for _, headers, body in hook.got
        ]
        assert checked == [[True, False], [True, True], [False, True]]

    def test_at_the_end_of_the_day_the_old_one_is_dropped(self) -> None:
        def signs(passed: timedelta) -> str:
            return signing_secret("new old", FILED, FILED + passed)

        assert signs(timedelta(hours=24) - MINUTE) == "new old"
        assert signs(timedelta(hours=24)) == "new"
        assert signing_secret("only", None, FILED) == "only"

    def test_lies_sealed(self, desk: Cast, hook: Receiver) -> None:
        secret = channel(desk, hook.address, "signed")

        assert secret.encode() not in bytes(NoticeChannel.objects.get().secret)


class TestSendingAgain:
    @pytest.fixture
    def sent(self, desk: Cast, hook: Receiver) -> Cast:
        """INV-1 on Wednesday was refused, INV-2 on Thursday delivered."""
        channel(desk, hook.address, "signed")
        hook.answers = [(404, {})]
        file(desk, "INV-1", person=False)
        send(FILED)
        file(desk, "INV-2", FILED + timedelta(days=1), person=False)
        send(FILED + timedelta(days=1))
        return desk

    def states(self, desk: Cast, **asked: Any) -> list[tuple[str, str]]:
        filtered = DeliveryFilter(number(), **asked)
        rows, count = webhook_deliveries(workspace=desk.workspace, asked=filtered)
        assert count == len(rows)
        return [(row.about, row.delivery.state) for row in rows]

    def deed(self, desk: Cast, person: Any = None, **asked: Any) -> int:
        address = f"/w/tanuki/notices/webhooks/{number()}/deeds/"
        with time_machine.travel(tokyo(5, 9), tick=False):
            client = (person or desk.owner).client()
            return client.post(address, {"what": "again", **asked}).status_code

    def test_a_page_shows_and_narrows_what_was_sent(self, sent: Cast) -> None:
        assert self.states(sent) == [("INV-2", "sent"), ("INV-1", "failed")]
        assert self.states(sent, state="failed") == [("INV-1", "failed")]
        assert self.states(sent, key="INV-2", kind="filed") == [("INV-2", "sent")]
        assert self.states(sent, key="INV-9") == self.states(sent, kind="closed") == []

        with time_machine.travel(tokyo(5, 9), tick=False):
            client = sent.agent.client()
            page = client.get(f"/w/tanuki/notices/webhooks/{number()}/?state=failed")
            overview = client.get("/w/tanuki/notices/").content.decode()
        assert "refused the message (404)" in page.content.decode()
        assert "INV-2" not in page.content.decode()
        assert "Send again" not in page.content.decode()  # to an agent
        assert "1 message could not be sent." in overview

    def test_what_failed_and_what_is_asked_for_goes_again_under_its_id(
        self, sent: Cast, hook: Receiver
    ) -> None:
        assert self.deed(sent, sent.engineer, which="all") == 403
        self.deed(sent, which="failed", since="2026-06-04")
        assert self.states(sent) == [("INV-2", "sent"), ("INV-1", "failed")]
        self.deed(sent, which="all", since="2026-06-03", until="2026-06-03")
        assert self.states(sent) == [("INV-2", "sent"), ("INV-1", "waiting")]
        self.deed(sent, which="all")
        send(tokyo(5, 9))

        ids = [headers["webhook-id"] for _, headers, _ in hook.got]
        assert (len(ids), len(set(ids))) == (4, 2)
        assert AuditEntry.objects.filter(what="send webhook again").count() == 2

    def test_one_by_its_number_and_none_of_another_workspace(
        self, sent: Cast, hook: Receiver
    ) -> None:
        [row] = webhook_deliveries(
            workspace=sent.workspace, asked=DeliveryFilter(number(), state="sent")
        )[0]
        self.deed(sent, message=str(row.delivery.id))
        send(tokyo(5, 9))
        assert hook.bodies[-1] == hook.bodies[-2]

        elsewhere = sent.simulated
        with pytest.raises(UnknownWebhook):
            webhook_deliveries(workspace=elsewhere, asked=DeliveryFilter(number()))
        with pytest.raises(UnknownWebhook):
            replay(ReplayRequest(elsewhere.id, number(), tokyo(5, 9), "test"))
        for wrong in ({"message": "x"}, {"what": "else"}):
            assert self.deed(sent, **wrong) == 404
        self.deed(sent, since="yesterday")
        assert self.states(sent, state="waiting") == []

    def test_by_command_and_api(self, sent: Cast, hook: Receiver) -> None:
        def run(*words: str) -> Any:
            asked = ["notices", *words, "--workspace", "tanuki", "--json"]
            found = CliRunner().invoke(group, asked)
            return json.loads(found.stdout) if found.exit_code == 0 else found.exit_code

        there = str(number())
        assert run("webhooks")["webhooks"][0]["failed"] == 1
        [failed] = run("list", "--webhook", there, "--failed")["notices"]
        assert (failed["kind"], failed["about"]) == ("filed", "INV-1")
        assert run("replay", there, "--failed") == {"webhook": number(), "count": 1}
        assert run("replay", there, "--failed") == 3
        assert run("list", "--webhook", "999") == 2

        key = key_of(sent.workspace, Role.OWNER, Scope.WRITE)
        [one] = key.get("webhooks").json()
        assert one["events"] == list(USUAL)
        listed = key.get(f"webhooks/messages?webhook={there}&limit=1").json()
        assert (listed["total"], listed["items"][0]["about"]) == (2, "INV-2")
        asked = {"webhook": number(), "is_failed_only": False}
        assert key.post("webhooks/messages", **asked).json() == {"count": 1}
        assert key.post("webhooks/messages", **asked | {"webhook": 999}).status_code == 404

    def test_an_ended_one_gets_nothing_more(self, sent: Cast, hook: Receiver) -> None:
        there = number()
        self.deed(sent, which="all")
        with time_machine.travel(tokyo(5, 9), tick=False):
            sent.owner.client().post(f"/w/tanuki/notices/channels/{there}/", {"what": "end"})
        send(tokyo(5, 9))

        assert len(hook.got) == 2
        assert notice_channels(workspace_id=sent.workspace.id) == ()
        assert self.deed(sent, which="all") == 404


class TestPeople:
    def test_a_returned_case_goes_to_the_line_it_reaches_else_to_who_filed_it(
        self, desk: Cast
    ) -> None:
        case_id = file(desk)
        step(desk, case_id, "escalated", FILED, desk.engineer, tier=3)
        step(desk, case_id, "returned", FILED + MINUTE, desk.engineer, tier=2)
        people(desk, leads={2: desk.owner.member.id})
        step(desk, case_id, "escalated", FILED + 2 * MINUTE, desk.engineer, tier=3)
        step(desk, case_id, "returned", FILED + 3 * MINUTE, desk.engineer, tier=2)
        send(FILED + 3 * MINUTE)

        due = "; due Fri 5 June 18:00"
        assert mails() == [(to, f"INV-1 was returned to your line{due}") for to in (AGENT, OWNER)]

    def test_who_holds_a_case_is_told_of_a_contradiction_and_of_a_new_message(
        self, desk: Cast
    ) -> None:
        prefer(desk.engineer.member, "own", "ja")
        prefer(desk.agent.member, "own")  # who filed INV-1 is not told of its answer then
        case_id = file(desk)
        step(desk, case_id, "answered", FILED, desk.engineer)
        step(desk, case_id, "contradicted", FILED + MINUTE, desk.agent)
        inquiry = receive_by_hand(
            ReceiptRequest(workspace=desk.workspace, words=WORDS, at=FILED, by="test")
        )
        key = case_heads([inquiry])[inquiry].source_key
        step(desk, inquiry, "inbound", FILED, desk.agent)  # nobody holds it
        to = {"to": desk.engineer.member.key}
        step(desk, inquiry, "assigned", FILED + MINUTE, desk.agent, detail=to)
        step(desk, inquiry, "inbound", FILED + MINUTE, desk.agent)
        send(FILED + MINUTE)

        assert mails() == [
            (ENGINEER, "INV-1の回答が覆りました"),
            (ENGINEER, f"{key}に新しい連絡があります"),
        ]

    def test_a_channel_of_people_hears_of_what_people_are_told(
        self, desk: Cast, hook: Receiver
    ) -> None:
        channel(desk, hook.address, "slack")
        case_id = file(desk, person=False)
        step(desk, case_id, "acknowledged", FILED, desk.engineer)
        step(desk, case_id, "returned", FILED, desk.engineer, tier=1)
        send(FILED)

        assert [body["text"].partition(";")[0] for body in hook.bodies] == ["INV-1 was returned"]
        assert minute(desk, AT_RISK)
