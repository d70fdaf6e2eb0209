"""One matter through the whole bridge, with nothing copied by hand.

Yui's mail becomes INQ-1. 鈴木 files its investigation from Slack, and 高橋 has it told of in ticket
7 of Zendesk too. Her answer stands in Slack and in the ticket; 鈴木 replies, and Yui has a mail.
"""

import email
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.operations.api_keys import make_key
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.calendars.operations import save_calendar
from shinrai.delivery.sender import send_due
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.intake.desks import links
from shinrai.intake.desks.zendesk import ZendeskDesk
from shinrai.intake.models import Connection
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.polls import poll_connections
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.operations.threads import tell_threads
from shinrai.intake.queries import connection_view
from shinrai.ledger.models import Case
from shinrai.objectives.operations.saving import save_objective
from tests.assistants.caller import Assistant
from tests.cast import Cast, Person
from tests.desk.stage import OFFICE, promise
from tests.intake.desks.fakes import FakeZendesk
from tests.intake.fake_slack import FakeSlack, fake_slack
from tests.intake.mail.mailbox import YUI, connect_mailbox, mail
from tests.intake.mail.servers import PASSWORD, Inbox, Mailbox, dovecot, smtp
from tests.intake.test_slack import House, _connected

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
PLAIN = "Update the app to 4.3; the pen then draws again."


class Bridge:
    """Tanuki Juku with a mailbox, Slack and Zendesk, and a worker that goes round."""

    def __init__(
        self, cast: Cast, mails: tuple[Mailbox, Inbox, int], slack: FakeSlack, zendesk: FakeZendesk
    ) -> None:
        self.cast, self.slack, self.zendesk = cast, slack, zendesk
        self.mailbox, self.inbox, port = mails
        self.at = datetime.now(UTC) + timedelta(seconds=2)
        start, there = self.at - timedelta(days=30), cast.workspace.id
        save_calendar(workspace_id=there, name="office", document=OFFICE, at=start, by="test")
        save_objective(workspace_id=there, document=promise(), at=start, by="test")
        hosts = {"imap_host": "127.0.0.1", "imap_port": str(self.mailbox.port), "imap_user": "help"}
        hosts |= {"imap_security": "none", "imap_password": PASSWORD, "smtp_security": "none"}
        connect_mailbox(cast.workspace, smtp_host="127.0.0.1", smtp_port=str(port), **hosts)
        self.house = House(cast, slack, _connected(cast, free_text="yes"), self.at)
        connect(
            workspace_id=there,
            kind="zendesk",
            name="Zendesk",
            given={
                "url": self.zendesk.address,
                "token": "suzuki/token:k",
                "language": "en",
                "history": "no",
                **self.zendesk.settings,
            },
            at=self.at,
            by="staff:1",
        )
        Connection.objects.update(made_at=self.at - timedelta(minutes=1))

    def work(self) -> None:
        """Let the worker go round, some seconds later."""
        self.at += timedelta(seconds=5)
        self.zendesk.now = self.house.at = self.at
        for deed in (poll_connections, handle_waiting, tell_threads, send_due):
            deed(clock=lambda: self.at)

    def take(self, person: Person, case: Case, action: str, **given: str) -> None:
        assert person.member is not None
        self.at += timedelta(seconds=1)
        act(ActionRequest(case.pk, action, given, person.member, self.at))


@pytest.fixture
def bridge(cast: Cast, settings: Any) -> Iterator[Bridge]:
    settings.SHINRAI_PRIVATE_TARGETS = True
    cache.clear()
    zendesk = FakeZendesk()
    with dovecot() as mailbox, smtp() as (inbox, port), fake_slack() as slack, zendesk.server:
        settings.SHINRAI_SLACK_API = slack.address
        slack.add_person("U0SUZUKI", "Suzuki@tanuki.example")
        yield Bridge(cast, (mailbox, inbox, port), slack, zendesk)


def test_a_mail_is_investigated_from_slack_and_answered_where_everybody_works(
    bridge: Bridge,
) -> None:
    cast = bridge.cast
    bridge.mailbox.put(mail(at=bridge.at))
    bridge.work()
    inquiry = Case.objects.get(record="inquiry")

    bridge.house.interact("shortcut")
    bridge.house.submit(
        bridge.slack.views[-1],
        {"kind": "other", "title": "Pen", "question": "Why?", "inquiry": inquiry.source_key},
    )
    bridge.work()
    found = Case.objects.get(record="investigation")
    assert found.parent_id == inquiry.pk

    browser = Client()
    assert cast.engineer.user is not None
    browser.force_login(cast.engineer.user)
    ticket = f"{bridge.zendesk.address}/agent/tickets/7"
    address = f"/w/tanuki/cases/{found.pk}/tickets/"
    with time_machine.travel(bridge.at, tick=False):
        said = browser.post(address, {"address": ticket}, follow=True)
    assert "Zendesk" in said.content.decode()
    bridge.work()
    assert found.source_key in bridge.zendesk.note()

    bridge.take(cast.engineer, found, "acknowledge")
    bridge.take(
        cast.engineer, found, "answer", verdict="defect", technical="null pointer", plain=PLAIN
    )
    bridge.work()
    assert PLAIN in bridge.zendesk.note()
    assert bridge.zendesk.public() == []
    assert any(PLAIN in one for one in bridge.slack.texts())

    bridge.take(cast.agent, inquiry, "reply", message=PLAIN, then="solved")
    bridge.work()
    mails = [email.message_from_bytes(one.content) for one in bridge.inbox.got]
    replies = [one for one in mails if not one["Auto-Submitted"]]
    assert [PLAIN in one.get_payload(decode=True).decode() for one in replies] == [True]
    assert replies[0]["In-Reply-To"] == "<one@home.example>"
    assert bridge.inbox.got[-1].rcpt_tos == [YUI]

    bridge.work()
    bridge.work()
    assert (len(bridge.inbox.got), bridge.zendesk.ours()) == (len(mails), 1)
    deeds = AuditEntry.objects.order_by("id").values_list("what", flat=True)
    assert "case linked to a ticket" in deeds
    assert deeds.filter(what="case action").count() == 3


def test_an_investigation_about_a_ticket_is_told_of_in_it_by_itself(bridge: Bridge) -> None:
    ticket = f"{bridge.zendesk.address}/agent/tickets/7"
    bridge.house.interact("shortcut")
    bridge.house.submit(
        bridge.slack.views[-1],
        {"kind": "other", "title": "Pen", "question": "Why?", "inquiry": ticket},
    )
    bridge.work()
    bridge.work()
    bridge.work()

    assert Case.objects.get().source_key in bridge.zendesk.note()
    assert bridge.zendesk.ours() == 0  # a field is the note until there is an answer


def test_an_assistant_lists_what_is_due_of_it(bridge: Bridge) -> None:
    bridge.house.interact("shortcut")
    bridge.house.submit(
        bridge.slack.views[-1], {"kind": "other", "title": "Pen", "question": "Why?"}
    )
    bridge.work()
    made = make_key(
        workspace_id=bridge.cast.workspace.id,
        role=Role.CRE_ENGINEER,
        scope=Scope.READ,
        label="assistant",
        at=bridge.at,
        by="staff:1",
    )
    with time_machine.travel(bridge.at, tick=False):
        listed = Assistant(made.secret).call("list_due")

    assert Case.objects.get().source_key in str(listed)


def test_a_key_of_an_import_is_part_of_no_address_unless_it_is_a_number_of_one_desk(
    bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = [(1, "zendesk", "7"), (2, "zendesk", "7/../users"), (3, "jira", "8")]
    monkeypatch.setattr(links, "newest_references", lambda **_given: named)
    row = Connection.objects.get(kind="zendesk")
    assert list(links.filed_about(ZendeskDesk(), connection_view(row))) == [(1, "7")]

    Connection.objects.create(
        workspace_id=row.workspace_id,
        kind="zendesk",
        name="Another",
        settings=row.settings,
        token="another",
        made_at=bridge.at,
        made_by="staff:1",
    )
    assert list(links.filed_about(ZendeskDesk(), connection_view(row))) == []
