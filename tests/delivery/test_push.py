"""Saturday 6 June 2026: a browser is pushed a line that only it can read."""

import base64
import json
from datetime import time, timedelta

import http_ece
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02

from shinrai.delivery import push
from shinrai.delivery.errors import NotDelivered, PutOff, TargetGone
from shinrai.delivery.outbox import OutgoingMessage, add_message, deliveries
from shinrai.delivery.sender import send_due
from shinrai.units.moments import QuietHours, quiet_document
from tests.delivery.receiver import Receiver, receiver
from tests.desk.stage import tokyo

NOON = tokyo(6, 12)
LINE = {"title": "お知らせが 1 件あります", "url": "/family/notices/1/"}


def text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


class Browser:
    """What a browser keeps of a subscription, and what it tells."""

    def __init__(self, endpoint: str) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), b"0123456789abcdef"
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        keys = {"p256dh": text(point), "auth": text(self.secret)}
        self.document = {"endpoint": endpoint, "keys": keys}

    def read(self, body: bytes) -> object:
        plain = http_ece.decrypt(
            body, private_key=self.key, auth_secret=self.secret, version="aes128gcm"
        )
        return json.loads(plain)


@pytest.fixture
def service(settings):
    settings.SHINRAI_PRIVATE_TARGETS = True
    settings.SHINRAI_PUSH_HOSTS = ["127.0.0.1"]
    with receiver() as found:
        yield found


def test_only_the_browser_reads_it_and_the_service_knows_who_sent_it(service: Receiver) -> None:
    browser = Browser(service.address)
    subscription = push.read_subscription(browser.document)

    push.send(subscription, LINE, topic="a-1", at=NOON)

    [(_path, headers, body)] = service.got
    assert "お知らせ".encode() not in body
    assert browser.read(body) == LINE
    assert push.public_key() in headers["authorization"]
    assert Vapid02.verify(headers["authorization"])


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_told_apart_from_a_service_that_rests(
    service: Receiver, status: int
) -> None:
    subscription = push.read_subscription(Browser(service.address).document)
    service.answers = [(status, {}), (503, {})]

    with pytest.raises(TargetGone):
        push.send(subscription, LINE, topic="a", at=NOON)
    with pytest.raises(PutOff):
        push.send(subscription, LINE, topic="a", at=NOON)


@pytest.mark.parametrize(
    "endpoint",
    [
        *("https://169.254.169.254/latest", "https://localhost/x", "http://fcm.googleapis.com/x"),
        *("https://fcm.googleapis.com.evil.example/x", "https://u@fcm.googleapis.com/x", "x"),
        "https://push.apple.com.example/x",
    ],
)
def test_an_address_of_no_push_service_is_refused(endpoint: str) -> None:
    with pytest.raises(NotDelivered):
        push.read_subscription(Browser(endpoint).document)


def test_services_of_the_large_browsers_are_known_and_broken_keys_are_not() -> None:
    good = Browser("https://updates.push.services.mozilla.com/wpush/v2/abc")
    assert push.read_subscription(good.document)

    for broken in ({"p256dh": "AAAA", "auth": "AAAA"}, {"auth": "AAAA"}, None, "é"):
        with pytest.raises(NotDelivered):
            push.read_subscription({**good.document, "keys": broken})


@pytest.mark.django_db(transaction=True)
def test_nothing_leaves_in_quiet_hours_not_even_late_or_again(service: Receiver) -> None:
    """The service answers 503 at 20:59:30; the worker is away until midnight."""
    night = quiet_document(QuietHours(time(21), time(7)), "Asia/Tokyo")
    target = push.read_subscription(Browser(service.address).document)
    evening = tokyo(6, 20, 59) + timedelta(seconds=30)
    message = OutgoingMessage(7, "guardian:1", "n:1", "push", target, LINE, quiet=night)
    service.answers = [(503, {})]
    add_message(message, at=evening)

    for at in (evening, tokyo(6, 21, 5), tokyo(7, 0), tokyo(7, 6, 59)):
        send_due(clock=lambda at=at: at)
    assert len(service.got) == 1
    assert send_due(clock=lambda: tokyo(7, 7)) == 1

    [sent] = deliveries(senders=["guardian:1"])
    assert (sent.state, sent.attempts) == ("sent", 2)
