"""Monday 8 June 2026 at Tanuki Juku: a message leaves once, whatever happens on its way."""

import smtplib
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from shinrai.delivery.models import Outbox
from shinrai.delivery.outbox import (
    PAUSES,
    OutgoingMessage,
    add_message,
    claim_message,
    deliveries,
    erase_contents,
    forget_contents,
    record_sent,
    resend_message,
    stop_messages,
)
from shinrai.delivery.sender import send_due
from shinrai.delivery.webhook import signature
from shinrai.postgres import failpoints
from tests.delivery.receiver import Receiver, receiver
from tests.desk.stage import tokyo

pytestmark = pytest.mark.django_db(transaction=True)
NINE = tokyo(8, 9)
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The worker is gone: nothing of it runs on."""


@pytest.fixture
def hook(settings):
    settings.SHINRAI_PRIVATE_TARGETS = True
    with receiver() as found:
        yield found


def message(
    target: str, *, once: str = "report:1:2026-W23", channel: str = "webhook"
) -> OutgoingMessage:
    content = {"text": "ten lines"} if channel == "webhook" else {"subject": "S", "text": "T"}
    return OutgoingMessage(7, "report-schedule:1", once, channel, target, content)


def send(at: datetime) -> int:
    return send_due(clock=lambda: at)


def states() -> list[tuple[str, int]]:
    return [(one.state, one.attempts) for one in deliveries(senders=["report-schedule:1"])]


def test_it_is_sent_and_then_never_again(hook: Receiver) -> None:
    assert add_message(message(hook.address), at=NINE)
    assert not add_message(message(hook.address), at=NINE)

    assert (send(NINE), send(NINE + MINUTE)) == (1, 0)

    assert hook.bodies == [{"text": "ten lines"}]
    [one] = deliveries(senders=["report-schedule:1"])
    assert (one.state, one.sent_at, one.error) == ("sent", NINE, {})


def test_it_is_there_if_what_caused_it_is_and_a_worker_is_asked(hook: Receiver) -> None:
    with transaction.atomic():
        add_message(message(hook.address), at=NINE)
        transaction.set_rollback(True)
    assert states() == []

    with transaction.atomic():
        add_message(message(hook.address), at=NINE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'delivery:send'")
        assert cursor.fetchone() == (1,)


def test_a_worker_killed_between_claim_and_sending_is_followed_by_another(
    hook: Receiver, monkeypatch
) -> None:
    def die(point: str) -> None:
        if point == "delivery.claimed":
            raise Killed

    add_message(message(hook.address), at=NINE)
    monkeypatch.setattr(failpoints, "_listeners", [die])
    with pytest.raises(Killed):
        send(NINE)
    monkeypatch.setattr(failpoints, "_listeners", [])

    assert (states(), send(NINE + MINUTE)) == ([("sending", 1)], 0)
    assert send(NINE + 2 * MINUTE) == 1
    assert send(NINE + 9 * MINUTE) == 0
    assert len(hook.got) == 1


def test_two_workers_send_it_once(hook: Receiver) -> None:
    add_message(message(hook.address), at=NINE)
    [number] = Outbox.objects.values_list("id", flat=True)

    first, second = (claim_message(number, at=NINE) for _ in range(2))

    assert first is not None
    assert second is None


def test_who_was_taken_for_dead_does_not_end_what_another_sends(hook: Receiver) -> None:
    add_message(message(hook.address), at=NINE)
    [number] = Outbox.objects.values_list("id", flat=True)
    slow = claim_message(number, at=NINE)
    other = claim_message(number, at=NINE + 2 * MINUTE)
    assert slow is not None
    assert other is not None

    record_sent(slow, at=NINE + 3 * MINUTE)
    assert states() == [("sending", 2)]
    record_sent(other, at=NINE + 3 * MINUTE)
    assert states() == [("sent", 2)]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_tried_again_under_the_same_key(hook: Receiver, status: int) -> None:
    hook.answers = [(status, {})]
    add_message(message(hook.address), at=NINE)

    assert send(NINE) == 0
    [one] = deliveries(senders=["report-schedule:1"])
    assert (one.state, one.due_at) == ("waiting", NINE + MINUTE)
    assert one.error["ja"] == f"127.0.0.1 の応答は {status} でした"
    assert send(NINE + MINUTE) == 1
    assert len({headers["idempotency-key"] for _, headers, _ in hook.got}) == 1
    assert states() == [("sent", 2)]


def test_a_server_that_says_when_is_asked_then(hook: Receiver) -> None:
    hook.answers = [(429, {"Retry-After": "600"})]
    add_message(message(hook.address), at=NINE)
    send(NINE)

    assert (send(NINE + 9 * MINUTE), send(NINE + 10 * MINUTE)) == (0, 1)


def test_after_a_day_it_is_given_up_and_says_why(hook: Receiver) -> None:
    hook.answers = [(503, {})] * 20
    add_message(message(hook.address), at=NINE)
    at = NINE
    for pause in PAUSES:
        send(at)
        at += pause
    send(at)
    send(at + timedelta(days=9))

    assert states() == [("failed", 8)]
    assert len(hook.got) == 8
    assert timedelta(hours=20) < at - NINE < timedelta(hours=24)


@pytest.mark.parametrize(
    ("status", "said"), [(404, "refused the message (404)"), (302, "points to another address")]
)
def test_what_is_refused_for_good_is_not_tried_again(hook: Receiver, status: int, said: str):
    """A redirect is not followed: it may point inside."""
    hook.answers = [(status, {"Location": hook.address})]
    add_message(message(hook.address), at=NINE)
    send(NINE)
    send(NINE + timedelta(days=1))

    [one] = deliveries(senders=["report-schedule:1"])
    assert (one.state, len(hook.got)) == ("failed", 1)
    assert said in one.error["en"]


def test_a_private_address_is_not_called(hook: Receiver, settings) -> None:
    settings.SHINRAI_PRIVATE_TARGETS = False
    add_message(message(hook.address.replace("http:", "https:")), at=NINE)
    send(NINE)

    assert states() == [("failed", 1)]
    assert hook.got == []


def test_nobody_listening_is_put_off(settings) -> None:
    settings.SHINRAI_PRIVATE_TARGETS = True
    add_message(message("http://127.0.0.1:9/"), at=NINE)
    send(NINE)

    assert states() == [("waiting", 1)]


def test_one_that_fails_does_not_keep_another_waiting(hook: Receiver) -> None:
    add_message(message("http://127.0.0.1:9/", once="a"), at=NINE)
    add_message(message(hook.address, once="b"), at=NINE)

    assert send(NINE) == 1


class TestMail:
    def test_it_carries_the_same_id_each_time(self, monkeypatch, settings) -> None:
        settings.DEFAULT_FROM_EMAIL = "shinrai@tanuki.example"
        told: list[str] = []
        busy = smtplib.SMTPResponseException(451, b"later")

        def deliver(_backend: EmailBackend, messages) -> int:
            told.append(messages[0].extra_headers["Message-ID"])
            if len(told) == 1:
                raise busy
            mail.outbox.extend(messages)
            return 1

        monkeypatch.setattr(EmailBackend, "send_messages", deliver)
        add_message(message("sato@tanuki.example", channel="mail"), at=NINE)

        assert (send(NINE), send(NINE + MINUTE)) == (0, 1)
        [sent] = mail.outbox
        assert (sent.to, sent.subject, sent.body) == (["sato@tanuki.example"], "S", "T")
        assert told[0] == told[1]
        assert told[0].endswith("@tanuki.example>")

    def test_a_mailbox_that_does_not_exist_is_said(self, monkeypatch) -> None:
        gone = smtplib.SMTPRecipientsRefused({"x@tanuki.example": (550, b"no such user")})

        def deliver(_backend: EmailBackend, _messages) -> int:
            raise gone

        monkeypatch.setattr(EmailBackend, "send_messages", deliver)
        add_message(message("x@tanuki.example", channel="mail"), at=NINE)
        send(NINE)

        [one] = deliveries(senders=["report-schedule:1"])
        assert (one.state, one.error["en"]) == (
            "failed",
            "the mail server refused the message (550)",
        )

    def test_without_a_server_it_says_who_names_one(self, settings) -> None:
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        add_message(message("sato@tanuki.example", channel="mail"), at=NINE)
        send(NINE)

        [one] = deliveries(senders=["report-schedule:1"])
        assert "SHINRAI_SMTP_HOST" in one.error["ja"]


class TestWords:
    def test_targets_lie_encrypted(self, hook: Receiver) -> None:
        add_message(message(hook.address), at=NINE)

        [row] = Outbox.objects.all()
        assert b"127.0.0.1" not in bytes(row.target)

    def test_after_thirty_days_only_the_state_is_left(self, hook: Receiver) -> None:
        add_message(message(hook.address), at=NINE)
        send(NINE)

        assert forget_contents(at=NINE + timedelta(days=29)) == 0
        assert forget_contents(at=NINE + timedelta(days=30)) == 1
        [row] = Outbox.objects.all()
        assert (row.content, bytes(row.target), row.state) == ({}, b"", "sent")

    def test_erasing_empties_all_and_lets_what_waits_be_written_anew(self, hook: Receiver) -> None:
        add_message(message(hook.address, once="sent"), at=NINE)
        send(NINE)
        add_message(message(hook.address, once="waits"), at=NINE)

        erase_contents(workspace_id=7)

        assert [(row.once, row.content) for row in Outbox.objects.all()] == [("sent", {})]
        assert add_message(message(hook.address, once="waits"), at=NINE)

    def test_what_was_emptied_on_its_way_is_not_sent(self, hook: Receiver) -> None:
        hook.answers = [(503, {})]
        add_message(message(hook.address), at=NINE)
        [number] = Outbox.objects.values_list("id", flat=True)
        claimed = claim_message(number, at=NINE)
        erase_contents(workspace_id=7)
        assert claimed is not None

        assert send(NINE + 2 * MINUTE) == 0
        assert (states(), hook.got) == ([("failed", 2)], [])

    def test_who_is_taken_away_gets_nothing_more(self, hook: Receiver) -> None:
        add_message(message(hook.address), at=NINE)
        stop_messages(sender="report-schedule:1", at=NINE)

        assert (send(NINE), states()) == (0, [("failed", 0)])


def test_of_a_message_that_is_due_tomorrow_nothing_leaves_today(hook: Receiver) -> None:
    add_message(message(hook.address), at=NINE + timedelta(days=1))

    assert (send(NINE), hook.got) == (0, [])


class TestSigned:
    SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

    def test_as_standard_webhooks_has_it(self) -> None:
        """The example of the specification's libraries."""
        at = datetime.fromtimestamp(1614265330, tz=NINE.tzinfo)
        found = signature(self.SECRET, "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')

        assert found["webhook-timestamp"] == "1614265330"
        assert found["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        assert signature("", "id", at, b"") == {}

    def test_each_try_carries_the_same_id_and_its_own_moment(self, hook: Receiver) -> None:
        hook.answers = [(503, {})]
        add_message(replace(message(hook.address), channel="signed", secret=self.SECRET), at=NINE)
        send(NINE)
        send(NINE + MINUTE)

        first, second = (headers for _, headers, _ in hook.got)
        assert first["webhook-id"] == second["webhook-id"]
        assert first["webhook-signature"] != second["webhook-signature"]


class TestDue:
    def test_it_waits_until_then(self, hook: Receiver) -> None:
        add_message(message(hook.address), at=NINE, due_at=NINE + 9 * MINUTE)

        assert (send(NINE + 8 * MINUTE), send(NINE + 9 * MINUTE)) == (0, 1)

    def test_what_was_given_up_is_tried_anew_and_nothing_else(self, hook: Receiver) -> None:
        hook.answers = [(404, {})]
        add_message(message(hook.address), at=NINE)
        [number] = Outbox.objects.values_list("id", flat=True)
        sender = "report-schedule:1"

        assert not resend_message(number, sender=sender, at=NINE)  # waits still
        send(NINE)
        assert not resend_message(number, sender="report-schedule:2", at=NINE)
        assert resend_message(number, sender=sender, at=NINE)
        assert (send(NINE), states()) == (1, [("sent", 1)])
        assert not resend_message(number, sender=sender, at=NINE)
