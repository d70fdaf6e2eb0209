"""田中 pays 2,980 yen a month through Stripe, changes the plan, gets money back, and ends."""

import hashlib
import hmac
import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.intake.models import Connection, Receipt
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.revenue.models import ContractStep, Payment
from shinrai.revenue.queries.summary import revenue_summary
from tests.cast import Cast

pytestmark = pytest.mark.django_db
SECRET = "whsec_tanuki"
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)


@pytest.fixture
def token(cast: Cast) -> str:
    number = connect(
        workspace_id=cast.workspace.id,
        kind="stripe",
        name="Stripe",
        given={"signing_secret": SECRET},
        at=NOW,
        by="staff:1",
    )
    return Connection.objects.get(id=number).token


def sign(body: bytes, at: datetime = NOW, secret: str = SECRET) -> str:
    stamp = str(int(at.timestamp()))
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={stamp},v1={'0' * 64},v1={mac},v0=old"


def send(token: str, event: Any, signature: str | None = None) -> Any:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    headers = {"Stripe-Signature": sign(body) if signature is None else signature}
    with time_machine.travel(NOW, tick=False):
        return Client().post(
            f"/hooks/{token}/", body, content_type="application/json", headers=headers
        )


def event(kind: str, found: dict[str, Any], on: date, **before: Any) -> dict[str, Any]:
    created = int(datetime(on.year, on.month, on.day, 3, tzinfo=UTC).timestamp())
    data = {"object": found} | ({"previous_attributes": before} if before else {})
    number = hashlib.sha256(json.dumps([kind, found, created, before]).encode()).hexdigest()[:16]
    return {"id": f"evt_{number}", "type": kind, "created": created, "data": data}


def subscription(amount: int, status: str = "active", **more: Any) -> dict[str, Any]:
    price = {"id": "price_1", "nickname": "小学", "unit_amount": amount, "currency": "jpy"}
    price["recurring"] = {"interval": more.pop("interval", "month"), "interval_count": 1}
    items = {"data": [{"price": price, "quantity": 1}]}
    return {"id": "sub_1", "customer": "cus_tanaka", "currency": "jpy", "status": status,
            "items": items, **more}  # fmt: skip


INVOICE = {"id": "in_1", "customer": "cus_tanaka", "subscription": "sub_1", "currency": "jpy",
           "amount_paid": 2980}  # fmt: skip


def work() -> None:
    handle_waiting(clock=lambda: NOW)


@pytest.mark.parametrize(
    "signature",
    ["", "t=1,v1=00", "nonsense", "t=１,v1=é", sign(b"{}", NOW - timedelta(minutes=6)),
     sign(b"{}", secret="whsec_other"), sign(b"{} ")],
)  # fmt: skip
def test_nothing_is_believed_without_its_signature(token: str, signature: str) -> None:
    assert send(token, b"{}", signature).status_code == 401
    assert Receipt.objects.count() == 0


@pytest.mark.parametrize("body", [b"{}", b"[]", b"[" * 100_000, b'{"id": 1, "type": "x"}', b"\xff"])
def test_what_is_signed_but_no_event_is_refused(token: str, body: bytes) -> None:
    assert send(token, body).status_code == 422


def test_an_invoice_counts_once_and_each_refund_of_a_part_counts(token: str, cast: Cast) -> None:
    charge = {"id": "ch_1", "customer": "cus_tanaka", "currency": "jpy"}
    told = [
        event("invoice.paid", INVOICE, date(2026, 6, 1)),
        event("invoice.paid", INVOICE, date(2026, 6, 2)),  # told again, as another event
        event("charge.refunded", charge | {"amount_refunded": 80}, date(2026, 6, 3),
              amount_refunded=0),
        event("charge.refunded", charge | {"amount_refunded": 180}, date(2026, 6, 4),
              amount_refunded=80),
        event("charge.captured", charge, date(2026, 6, 4)),
    ]  # fmt: skip
    for one in [*told, *told]:
        assert send(token, one).json() == {"received": True}
    work()
    assert sorted(Payment.objects.values_list("kind", "minor")) == [
        ("payment", 2980), ("refund", 80), ("refund", 100),
    ]  # fmt: skip
    [yen] = revenue_summary(workspace=cast.workspace, at=NOW)
    assert (yen.payments.net_minor, yen.payments.payers) == (2800, 1)
    assert set(Receipt.objects.values_list("state", flat=True)) == {"done"}


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_a_subscription_in_any_order_is_one_contract(
    token: str, cast: Cast, order: tuple[int, ...]
) -> None:
    told = [
        event("customer.subscription.created", subscription(2980, "trialing"), date(2026, 3, 5)),
        event("customer.subscription.updated", subscription(2980), date(2026, 4, 5)),
        event("customer.subscription.updated", subscription(36_000, interval="year"),
              date(2026, 5, 5)),
        event("customer.subscription.deleted", subscription(36_000, "canceled", interval="year"),
              date(2026, 6, 5)),
    ]  # fmt: skip
    for number in order:
        send(token, told[number])
        work()
    [yen] = revenue_summary(workspace=cast.workspace, at=NOW)
    assert [one.contracts.mrr_minor for one in yen.months] == [0, 2980, 3000, 0]
    assert [one.contracts.paying for one in yen.months] == [0, 1, 1, 0]
    assert yen.months[-1].churn.count == 1
    assert ContractStep.objects.count() == 4


@pytest.mark.parametrize(
    ("kind", "found"),
    [
        ("invoice.paid", {}), ("invoice.paid", INVOICE | {"currency": 7}),
        ("invoice.paid", INVOICE | {"id": "x" * 999}), ("invoice.paid", INVOICE | {"id": "\ud800"}),
        ("charge.refunded", {"id": "ch"}),
        ("customer.subscription.created", subscription(1) | {"items": []}),
        ("customer.subscription.created", subscription(1, "incomplete")),
    ],
)  # fmt: skip
def test_what_does_not_say_enough_is_shown_and_counts_nothing(
    token: str, kind: str, found: dict[str, Any]
) -> None:
    assert send(token, event(kind, found, date(2026, 6, 1))).status_code == 200
    work()
    row = Receipt.objects.get()
    assert (row.state, bool(row.reason["en"])) == ("ignored", True)
    assert Payment.objects.count() == 0
