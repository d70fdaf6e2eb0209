"""The channel of Stripe: whom it believes, and what payments and contracts it records."""

import hashlib
import hmac
import json
from datetime import datetime, timedelta
from typing import Any, Final

from shinrai.accounts.queries import workspace_numbered
from shinrai.intake.payments.events import UnknownShape, is_of_money, moment_of, said_by
from shinrai.intake.rules.channels import (
    Accepted,
    Channel,
    ConnectionField,
    ConnectionView,
    IncomingRequest,
    NotAllowed,
    Outcome,
    ReceiptView,
)
from shinrai.revenue.operations.statements import Statement, record_contracts, record_payments
from shinrai.revenue.rules.rows import PaymentSaid
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim

TOLERANCE: Final = timedelta(minutes=5)  # as Stripe's own libraries
SOURCE: Final = "stripe"


def accept(connection: ConnectionView, request: IncomingRequest, *, at: datetime) -> Accepted:
    """Store an event of money by its id; others are answered, as Stripe sends what it is asked."""
    _verify(connection.secrets["signing_secret"], request, at)
    try:
        event = json.loads(request.body)
        outside_id, kind = event["id"], event["type"]
    except (ValueError, RecursionError, KeyError, TypeError):
        outside_id = kind = None
    if not (isinstance(outside_id, str) and isinstance(kind, str)):
        raise UserError(Text("this is no event of Stripe"))
    stored = ((outside_id, request.body),) if is_of_money(kind) else ()
    return Accepted(receipts=stored, document={"received": True})


def handle(connection: ConnectionView, receipt: ReceiptView, *, at: datetime) -> Outcome:
    """Record the payment, refund or contract that an event tells of."""
    event: dict[str, Any] = json.loads(receipt.body)
    there = workspace_numbered(connection.workspace_id)
    try:
        said = said_by(event, there.zone)
        said_at = moment_of(event["created"])
    except (UnknownShape, KeyError, ValueError, OverflowError) as error:
        fallback = Text("{kind} does not say what is needed", kind=str(event["type"])[:60])
        return Outcome(ignored=error.text if isinstance(error, UserError) else fallback)
    if said is None:
        return Outcome(ignored=Text("the contract has not begun"))
    told = Statement(there.id, SOURCE, said_at, at, connection.author)
    if isinstance(said, PaymentSaid):
        found = record_payments(said=[said], of=told)
    else:
        found = record_contracts(said=[said], of=told, is_whole=False)
    return Outcome(ignored=Text("the customer was erased") if found.erased else None)


def _verify(secret: str, request: IncomingRequest, at: datetime) -> None:
    """Believe a signature made with the secret within five minutes.

    Source: https://docs.stripe.com/webhooks#verify-manually
    Raises: NotAllowed.
    """
    parts = [part.partition("=") for part in request.headers.get("stripe-signature", "").split(",")]
    stamp = next((value for name, _sign, value in parts if name.strip() == "t"), "")
    given = [value.strip() for name, _sign, value in parts if name.strip() == "v1"]
    body = stamp.encode("utf-8", "replace") + b"." + request.body
    expected = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest().encode()
    is_signed = [
        hmac.compare_digest(expected, one.encode("utf-8", "replace")) for one in given[:10]
    ]
    is_fresh = (
        stamp.isascii()
        and stamp.isdecimal()
        and len(stamp) <= 12
        and abs(at.timestamp() - int(stamp)) <= TOLERANCE.total_seconds()
    )
    if not (any(is_signed) and is_fresh):
        raise NotAllowed(Text("the signature is not Stripe's, or is older than five minutes"))


CHANNEL = Channel(
    key="stripe",
    title=verbatim("Stripe"),
    explained=Text("Paid invoices, refunds and subscriptions become payments and contracts."),
    fields=(
        ConnectionField(
            "signing_secret",
            Text("signing secret"),
            Text("“Signing secret” of the webhook's page at Stripe; it begins with whsec_."),
            is_secret=True,
        ),
    ),
    handle=handle,
    accept=accept,
)
