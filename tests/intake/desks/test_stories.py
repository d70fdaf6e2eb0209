"""A week in somebody else's help desk: Tuesday 9 June, 15:00 in Tokyo, ticket 7.

Suzuki tags it `shinrai`; Takahashi sends it back and answers here; the ticket says so, once.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.calendars.operations import save_calendar
from shinrai.desk.operations.steps import take_step
from shinrai.intake.models import Connection, Thread
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.polls import poll_connections
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.operations.threads import tell_threads
from shinrai.intake.queries import receipts, untold_threads
from shinrai.intake.rules.channels import UnusableConnection
from shinrai.intake.status import case_status
from shinrai.ledger.models import Case
from shinrai.objectives.operations.saving import save_objective
from shinrai.postgres import failpoints
from tests.cast import Cast
from tests.desk.stage import NOW, OFFICE, promise, tokyo
from tests.intake.desks.fakes import DESKS, SAID, FakeDesk, FakeZendesk

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)


class Killed(BaseException):
    """The process ends here."""


class Bridge:
    """A workspace that is connected to a desk, and its worker."""

    def __init__(self, cast: Cast, kind: str, desk: FakeDesk) -> None:
        self.there, self.desk, self.at = cast.workspace, desk, NOW
        self.engineer = cast.engineer.member
        given = {
            "url": desk.address,
            "token": "suzuki/token:k",
            "webhook_secret": "hush-hush",
            "tag": "shinrai",
            "kind": "broken",
            "language": "en",
            "history": "no",
            **desk.settings,
        }
        self.number = connect(
            workspace_id=self.there.id, kind=kind, name="Desk", given=given, at=NOW, by="staff:1"
        )

    def work(self, **later: float) -> None:
        """Let some time go by, and the worker do all that is due."""
        self.at += timedelta(**later) + SECOND
        self.desk.now = self.at
        for deed in (poll_connections, handle_waiting, tell_threads):
            deed(clock=lambda: self.at)

    @property
    def case(self) -> Case:
        return Case.objects.get(record="investigation")

    @property
    def phase(self) -> str:
        return case_status(self.case.id, at=self.at).phase

    def step(self, kind: str, words: str = "", **detail: Any) -> None:
        """Let Takahashi take a step here."""
        self.at += SECOND
        assert self.engineer is not None
        take_step(
            case_id=self.case.id,
            kind=kind,
            at=self.at,
            by=self.engineer.key,
            role="engineer",
            tier=2,
            detail=detail,
            words=words or None,
        )

    def answer(self, words: str) -> None:
        self.step("finding", "null pointer", verdict="defect")
        self.step("answered", words)


@pytest.fixture(params=DESKS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def bridge(cast: Cast, kind: str, settings: Any) -> Iterator[Bridge]:
    settings.SHINRAI_PRIVATE_TARGETS = True
    start, there = tokyo(1, 9), cast.workspace.id
    save_calendar(workspace_id=there, name="office", document=OFFICE, at=start, by="test")
    save_objective(workspace_id=there, document=promise(), at=start, by="test")
    desk = DESKS[kind]()
    with desk.server:
        yield Bridge(cast, kind, desk)


def kill_at(point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def end(reached: str) -> None:
        if reached == point:
            raise Killed

    monkeypatch.setattr(failpoints, "_listeners", [end])


def test_a_tag_files_one_investigation_with_a_link_to_its_ticket(bridge: Bridge) -> None:
    bridge.desk.held.say("Her tablet is a Kitsune 3.", NOW)
    bridge.desk.tag()
    bridge.work()
    bridge.work()

    status = case_status(bridge.case.id, at=bridge.at)
    assert status.case.title == SAID
    assert "Her tablet is a Kitsune 3." in status.case.steps[0].words
    thread = Thread.objects.get()
    assert thread.url.startswith(bridge.desk.server.url)
    assert thread.url in status.case.steps[0].words
    key = "CRE-7" if bridge.desk.__class__.__name__ == "FakeJira" else "7"
    assert ("inquiry_reference", key) in status.case.about
    assert bridge.desk.held.tags == ["shinrai_open"]
    assert "due Thu 11 June 18:00" in bridge.desk.note()


def test_the_note_follows_the_case_and_no_customer_reads_it(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.step("sent_back", "Which tablet?", missing=["device"], missing_fact=["device"])
    bridge.work()
    assert bridge.desk.held.tags == ["shinrai_sent_back"]
    assert "Missing: device" in bridge.desk.note()
    assert "Which tablet?" in bridge.desk.note()

    bridge.desk.held.say("A Kitsune 3.", bridge.at + SECOND)
    bridge.work(minutes=1)
    assert bridge.phase == "open"
    assert bridge.desk.held.tags == ["shinrai_open"]
    words = case_status(bridge.case.id, at=bridge.at).case.steps[-1].words
    assert words == "A Kitsune 3."

    bridge.answer("The pen works again after an update.")
    bridge.work()
    bridge.work()
    assert bridge.desk.held.tags == ["shinrai_answered"]
    assert "Finding: defect" in bridge.desk.note()
    assert "The pen works again after an update." in bridge.desk.note()
    assert bridge.desk.ours() == 1
    assert bridge.desk.public() == []


def test_a_tag_set_again_while_it_is_open_is_taken_off_and_changes_nothing(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    steps = len(case_status(bridge.case.id, at=bridge.at).case.steps)
    bridge.desk.tag()
    bridge.work()
    bridge.work(minutes=1)

    assert bridge.desk.held.tags == ["shinrai_open"]
    assert len(case_status(bridge.case.id, at=bridge.at).case.steps) == steps


def test_a_tag_set_again_after_the_answer_reopens_it(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.answer("It was the cable.")
    bridge.work()
    bridge.desk.held.say("It fails again.", bridge.at + SECOND)
    bridge.desk.tag()
    bridge.work(minutes=1)
    bridge.work(minutes=1)

    assert bridge.phase == "open"
    assert bridge.desk.held.tags == ["shinrai_open"]
    assert "It was the cable." not in bridge.desk.note().splitlines()[1:2]
    assert AuditEntry.objects.filter(what="case action", by=f"connection:{bridge.number}").exists()


def test_a_tag_set_before_the_answer_is_told_reopens_it_too(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.answer("It was the cable.")
    bridge.desk.tag()
    tell_threads(clock=lambda: bridge.at)
    bridge.work()

    assert bridge.phase == "open"
    assert bridge.desk.held.tags == ["shinrai_open"]


def test_what_was_said_before_the_question_is_no_reply(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.desk.held.say("Her mother waits.", bridge.at)
    bridge.step("sent_back", "Which tablet?", missing=["device"])
    bridge.work()
    bridge.work(minutes=1)

    assert bridge.phase == "sent_back"


def test_what_is_said_after_the_first_reply_is_noted(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.step("sent_back", "Which tablet?", missing=["device"])
    bridge.work()
    bridge.desk.held.say("A Kitsune 3.", bridge.at + SECOND)
    bridge.desk.held.say("She bought it in May.", bridge.at + SECOND)
    bridge.desk.held.say("We look into it.", bridge.at + SECOND, internal=False)
    bridge.work(minutes=1)
    bridge.work(minutes=1)

    said = [(one.kind, one.words) for one in case_status(bridge.case.id, at=bridge.at).case.steps]
    assert said[-2:] == [("resubmitted", "A Kitsune 3."), ("note", "She bought it in May.")]


def test_the_ticket_says_that_the_case_is_overdue_though_nothing_happened(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.work(days=3)

    assert bridge.desk.held.tags == ["shinrai_overdue"]
    assert "was due" in bridge.desk.note()


@pytest.mark.parametrize("point", ["intake.received", "intake.handled", "intake.told"])
def test_killed_anywhere_it_is_one_case_and_one_note(
    bridge: Bridge, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bridge.desk.tag()
    with monkeypatch.context() as patch:
        kill_at(point, patch)
        with pytest.raises(Killed):
            bridge.work()
    bridge.work()
    bridge.answer("It was the cable.")
    with monkeypatch.context() as patch:
        kill_at("intake.told", patch)
        with pytest.raises(Killed):
            bridge.work()
    bridge.work()

    assert bridge.case
    assert bridge.desk.ours() == 1
    assert "It was the cable." in bridge.desk.note()
    assert bridge.desk.held.tags == ["shinrai_answered"]


def test_a_desk_that_is_down_for_two_hours_loses_nothing(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.answer("It was the cable.")
    bridge.desk.server.trouble = ["500", "cut", "503", "429 120"] * 200
    for _ in range(24):
        bridge.work(minutes=5)
    assert "It was the cable." not in bridge.desk.note()

    bridge.desk.server.trouble = []
    bridge.work(minutes=16)
    assert "It was the cable." in bridge.desk.note()
    assert bridge.desk.ours() == 1


def test_a_desk_that_asks_for_patience_is_left_alone_so_long(bridge: Bridge) -> None:
    bridge.desk.server.trouble = ["429 600"]
    bridge.work()
    asked = len(bridge.desk.server.asked)
    bridge.work(minutes=9)
    assert len(bridge.desk.server.asked) == asked
    bridge.work(minutes=2)
    assert len(bridge.desk.server.asked) > asked


def test_a_token_that_is_not_accepted_stands_on_the_page(bridge: Bridge) -> None:
    bridge.desk.server.trouble = ["401"]
    bridge.work()

    assert "does not accept the token" in Connection.objects.get().error["en"]


def test_a_note_somebody_deleted_is_written_anew(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()
    bridge.desk.held.notes.clear()
    bridge.answer("It was the cable.")
    bridge.work()

    assert "It was the cable." in bridge.desk.note()


def test_an_address_inside_the_network_is_not_called(bridge: Bridge, settings: Any) -> None:
    settings.SHINRAI_PRIVATE_TARGETS = False
    asked = len(bridge.desk.server.asked)
    bridge.work()

    assert len(bridge.desk.server.asked) == asked
    assert Connection.objects.get().error["en"]


@pytest.mark.parametrize("kind", ["zendesk"])
class TestZendesk:
    def test_a_field_that_customers_see_is_not_written(self, bridge: Bridge) -> None:
        assert isinstance(bridge.desk, FakeZendesk)
        bridge.desk.is_visible = True
        bridge.desk.tag()
        bridge.work()

        assert bridge.desk.held.field == ""
        [(thread, _record, _key)] = untold_threads(workspace_id=bridge.there.id)
        assert "customers can see the ticket field" in thread.error

    def test_a_ticket_that_changed_meanwhile_is_written_a_little_later(
        self, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert isinstance(bridge.desk, FakeZendesk)
        bridge.desk.tag()
        real = bridge.desk._ticket
        stamps = iter([NOW, NOW, NOW - SECOND])  # listed, read, read again to be written

        def ticket() -> dict[str, Any]:
            return real() | {"updated_at": next(stamps, NOW).isoformat()}

        monkeypatch.setattr(bridge.desk, "_ticket", ticket)
        bridge.work()
        assert bridge.desk.held.field == ""
        bridge.work(minutes=1)
        assert "due Thu" in bridge.desk.held.field

    def test_what_changed_long_ago_is_not_read_again(self, bridge: Bridge) -> None:
        bridge.work()
        before = Connection.objects.get().cursor
        bridge.desk.held.changed_at = bridge.at + timedelta(hours=1)
        bridge.work(hours=1)

        assert before == {"since": "2026-06-09T04:58:00Z"}
        assert Connection.objects.get().cursor["since"] > before["since"]


@pytest.mark.parametrize("kind", ["zammad"])
def test_an_attribute_that_is_not_there_is_named(bridge: Bridge) -> None:
    Connection.objects.update(settings=Connection.objects.get().settings | {"field": "shinri"})
    bridge.desk.tag()
    bridge.work()

    [(thread, _record, _key)] = untold_threads(workspace_id=bridge.there.id)
    assert "shinri" in thread.error


@pytest.mark.parametrize("kind", ["chatwoot"])
def test_other_attributes_stay(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()

    assert bridge.desk.attributes["plan"] == "gold"  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["freshdesk"])
def test_what_comes_from_there_is_cut_and_cleaned(bridge: Bridge) -> None:
    bridge.desk.held.say("<script>\0alert(1)</script>\ud800" + "a" * 30_000, NOW)
    bridge.desk.tag()
    bridge.work()

    [row] = receipts(workspace_id=bridge.there.id)
    assert row.state == "done"
    assert "\0" not in case_status(bridge.case.id, at=bridge.at).case.steps[0].words


@pytest.mark.parametrize("kind", ["jira"])
def test_fields_that_cannot_be_are_named_when_it_is_connected(bridge: Bridge) -> None:
    with pytest.raises(UnusableConnection) as refused:
        connect(
            workspace_id=bridge.there.id,
            kind="zendesk",
            name="Z",
            given={"url": "http://10.0.0.1", "token": "t", "tag": "x", "kind": "other",
                   "field": "a name"},
            at=NOW,
            by="staff:1",
        )  # fmt: skip
    assert set(refused.value.by_field) == {"url", "field"}


def test_a_note_carries_no_words_but_those_of_the_case(bridge: Bridge) -> None:
    bridge.desk.tag()
    bridge.work()

    lines = bridge.desk.note().splitlines()
    assert re.fullmatch(r"Shinrai INV-\d+: open, due .*", lines[0])
    assert re.fullmatch(r"shinrai-[0-9a-f]{16}", lines[-1])


def test_it_is_tried_from_its_page(bridge: Bridge, cast: Cast) -> None:
    page = f"/w/{bridge.there.slug}/connections/{bridge.number}/"
    answer = cast.owner.client().post(page, {"deed": "check"}, follow=True)

    assert "the token may read it" in answer.content.decode()
