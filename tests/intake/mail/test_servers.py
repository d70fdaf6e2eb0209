"""A real mailbox and a real mail server on loopback: nothing is lost, and nothing comes twice."""

import email
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from shinrai.delivery.sender import send_due
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.intake.mail.mailbox import check
from shinrai.intake.models import Connection, Receipt, Thread
from shinrai.intake.operations.polls import poll_connection
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.operations.threads import tell_threads
from shinrai.intake.queries import connection_view, untold_threads
from shinrai.ledger.models import Case
from shinrai.postgres import failpoints
from tests.cast import Cast
from tests.intake.mail.mailbox import ADDRESS, YUI, connect_mailbox, mail
from tests.intake.mail.servers import DOVECOT, PASSWORD, Inbox, Mailbox, dovecot, smtp

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.end_to_end,
    pytest.mark.skipif(not DOVECOT.exists(), reason="dovecot-imapd is not installed"),
]


class Killed(BaseException):
    """The worker is gone: nothing of it runs on."""


class Desk:
    """A mailbox connected to Tanuki Juku, and a clock that goes on."""

    def __init__(self, cast: Cast, mailbox: Mailbox, inbox: Inbox, port: int) -> None:
        self.mailbox, self.inbox, self.cast = mailbox, inbox, cast
        self.at = datetime.now(UTC) + timedelta(seconds=2)
        self.number = connect_mailbox(
            cast.workspace,
            imap_host="127.0.0.1",
            imap_port=str(mailbox.port),
            imap_security="none",
            imap_user="help",
            imap_password=PASSWORD,
            smtp_host="127.0.0.1",
            smtp_port=str(port),
            smtp_security="none",
        )
        Connection.objects.update(made_at=datetime.now(UTC) - timedelta(minutes=1))

    def clock(self) -> datetime:
        return self.at

    def work(self, minutes: float = 0.0) -> None:
        """Let the worker go round once, some minutes later."""
        self.at += timedelta(minutes=minutes)
        poll_connection(self.number, clock=self.clock)
        handle_waiting(clock=self.clock)
        tell_threads(clock=self.clock)
        send_due(clock=self.clock)

    @property
    def texts(self) -> list[str]:
        found = [email.message_from_bytes(one.content) for one in self.inbox.got]
        return [one.get_payload(decode=True).decode() for one in found]


@pytest.fixture
def desk(cast: Cast, settings) -> Iterator[Desk]:
    settings.SHINRAI_PRIVATE_TARGETS = True
    with dovecot() as mailbox, smtp() as (inbox, port):
        yield Desk(cast, mailbox, inbox, port)


def answer(desk: Desk, text: str) -> None:
    by = desk.cast.agent.member
    assert by is not None
    given = {"message": text, "then": "waiting"}
    act(ActionRequest(Case.objects.get().id, "reply", given, by, desk.at))


def test_a_mail_becomes_an_inquiry_and_its_answer_a_mail_in_its_thread(desk: Desk) -> None:
    desk.mailbox.put(mail(at=desk.at))
    desk.work()
    answer(desk, "Update the app.")
    desk.work()
    desk.work()

    receipt, reply = map(email.message_from_bytes, (one.content for one in desk.inbox.got))
    assert [one["In-Reply-To"] for one in (receipt, reply)] == ["<one@home.example>"] * 2
    assert (receipt["Auto-Submitted"], reply["Auto-Submitted"]) == ("auto-replied", None)
    assert reply["From"] == ADDRESS
    assert desk.inbox.got[1].mail_from == ADDRESS
    assert desk.inbox.got[1].rcpt_tos == [YUI]
    assert "Update the app." in desk.texts[1]
    with desk.mailbox.client() as client:
        assert client.search(None, "UNSEEN")[1] == [b"1"]

    back = mail("It works.", name="two@home.example", answers=[reply["Message-ID"].strip("<>")])
    desk.mailbox.put(back, mail(at=desk.at))  # and the first comes once more
    desk.work()
    assert Case.objects.count() == 1
    assert Receipt.objects.count() == 2


def test_a_mailbox_that_is_numbered_anew_gives_nothing_twice(desk: Desk) -> None:
    desk.mailbox.put(mail(at=desk.at))
    desk.work()
    before = Connection.objects.get().cursor
    desk.mailbox.stop()
    desk.mailbox.number_anew()
    time.sleep(1.1)  # the number is made of seconds
    desk.mailbox.start()
    desk.mailbox.put(mail("More.", name="two@home.example", at=desk.at))
    desk.work()

    assert Connection.objects.get().cursor["validity"] != before["validity"]
    assert Receipt.objects.count() == 2


def test_what_was_there_before_the_connection_is_left_to_an_import(desk: Desk) -> None:
    desk.mailbox.put(mail(at=desk.at))
    Connection.objects.update(made_at=desk.at + timedelta(hours=1))

    desk.work()

    assert not Receipt.objects.exists()
    desk.mailbox.put(mail("New.", name="two@home.example", at=desk.at))
    desk.work()
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("server", ["imap", "smtp"])
def test_a_server_that_is_away_for_an_hour_loses_nothing(desk: Desk, server: str) -> None:
    port = int(Connection.objects.get().settings["smtp_port"])
    desk.mailbox.put(mail(at=desk.at))
    if server == "imap":
        desk.mailbox.stop()
    else:
        Connection.objects.update(
            settings={**Connection.objects.get().settings, "smtp_port": str(port + 1)}
        )
    for _ in range(6):
        desk.work(10)
    assert desk.inbox.got == []
    desk.mailbox.start() if server == "imap" else None
    with smtp(port + 1) as (inbox, _port):
        for _ in range(12):
            desk.work(10)
        assert len(inbox.got) + len(desk.inbox.got) == 1


@pytest.mark.parametrize(
    "point", ["intake.received", "intake.handled", "intake.told", "delivery.claimed"]
)
def test_a_worker_that_is_killed_leaves_each_mail_its_one_effect(
    desk: Desk, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(passed: str) -> None:
        if passed == point:
            raise Killed

    desk.mailbox.put(mail(at=desk.at))
    monkeypatch.setattr(failpoints, "_listeners", [die])
    with pytest.raises(Killed):
        desk.work()
    monkeypatch.setattr(failpoints, "_listeners", [])

    desk.work(3)
    desk.work(3)

    assert Case.objects.count() == 1
    assert Thread.objects.count() == 1
    assert len(desk.inbox.got) == 1


def test_who_is_not_there_any_more_stands_as_undelivered(desk: Desk) -> None:
    desk.mailbox.put(mail(by="gone@home.example", at=desk.at))
    desk.work()
    desk.work(2)

    [(thread, _record, _key)] = untold_threads(workspace_id=desk.cast.workspace.id)
    assert "550" in thread.error


def test_a_connection_is_tried_and_says_what_is_wrong(desk: Desk, settings) -> None:
    row = Connection.objects.get()
    assert "can be read" in str(check(connection_view(row), at=desk.at))

    settings.SHINRAI_PRIVATE_TARGETS = False
    desk.work()
    assert "SHINRAI_PRIVATE_TARGETS" in Connection.objects.get().error["en"]

    settings.SHINRAI_PRIVATE_TARGETS = True
    Connection.objects.update(settings={**row.settings, "imap_folder": "Nowhere"})
    desk.work(6)
    assert "no folder" in Connection.objects.get().error["en"]
