"""Stripe's events as payments and contracts; the shape of its objects is known here alone.

Source: https://docs.stripe.com/api/events/types, and the objects invoice, charge, subscription.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, Final
from zoneinfo import ZoneInfo

from shinrai.revenue.rules.money import currency_code
from shinrai.revenue.rules.rows import ContractSaid, PaymentSaid, Terms
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SUBSCRIPTION: Final = "customer.subscription."
KINDS: Final = ("invoice.paid", "charge.refunded")
# Has no cents, but Stripe says hundredths: https://docs.stripe.com/currencies#special-cases
HUNDREDTHS: Final = ("ISK", "UGX")
MONTHS: Final = {"month": Fraction(1), "year": Fraction(12), "day": Fraction(12, 365),
                 "week": Fraction(12 * 7, 365)}  # fmt: skip
ENDED: Final = ("canceled", "incomplete_expired")
FREE: Final = ("trialing", "paused")
NOT_BEGUN: Final = ("incomplete",)
MOST_ID: Final = 150


class UnknownShape(UserError, ValueError):
    """An event does not say what is needed; it is shown, and has no effect."""


def is_of_money(kind: str) -> bool:
    """Return whether an event of this type is kept."""
    return kind in KINDS or kind.startswith(SUBSCRIPTION)


def said_by(event: Mapping[str, Any], zone: str) -> PaymentSaid | ContractSaid | None:
    """Return what an event says; None where it says nothing that counts.

    Raises: UnknownShape.
    """
    kind = str(event["type"])
    try:
        found = event["data"]["object"]
        if kind == "invoice.paid":
            return _paid(found, event)
        if kind == "charge.refunded":
            return _refunded(found, event)
        return _subscribed(found, event, zone)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, OverflowError) as error:
        if isinstance(error, UserError):
            raise
        raise UnknownShape(Text("{kind} does not say what is needed", kind=kind[:60])) from error


def moment_of(seconds: Any) -> datetime:
    """Return a moment of an event."""
    return datetime.fromtimestamp(int(seconds), UTC)


def _paid(invoice: Mapping[str, Any], event: Mapping[str, Any]) -> PaymentSaid:
    told = invoice.get("status_transitions") or {}
    parent = (invoice.get("parent") or {}).get("subscription_details") or {}  # since 2025
    currency = currency_code(invoice["currency"])
    return PaymentSaid(
        minor=_minor(invoice["amount_paid"], currency),
        currency=currency,
        at=moment_of(told.get("paid_at") or event["created"]),
        id=_id(invoice["id"]),
        customer=_id(invoice.get("customer")),
        contract=_id(invoice.get("subscription") or parent.get("subscription")),
    )


def _refunded(charge: Mapping[str, Any], event: Mapping[str, Any]) -> PaymentSaid:
    """Return what was paid back this time: a charge says how much of it was in all."""
    before = (event["data"].get("previous_attributes") or {}).get("amount_refunded") or 0
    currency = currency_code(charge["currency"])
    in_all = int(charge["amount_refunded"])
    return PaymentSaid(
        minor=-_minor(in_all - int(before), currency),
        currency=currency,
        at=moment_of(event["created"]),
        id=f"{_id(charge['id'])}:refunded:{in_all}",
        customer=_id(charge.get("customer")),
    )


def _subscribed(
    subscription: Mapping[str, Any], event: Mapping[str, Any], zone: str
) -> ContractSaid | None:
    status = subscription["status"]
    if status in NOT_BEGUN:
        return None
    is_ended = status in ENDED or event["type"] == f"{SUBSCRIPTION}deleted"
    items = subscription["items"]["data"]
    currency = currency_code(subscription.get("currency") or items[0]["price"]["currency"])
    moment = event["created"]
    if is_ended:
        moment = subscription.get("ended_at") or moment
    elif event["type"] == f"{SUBSCRIPTION}created":
        moment = subscription.get("start_date") or moment
    monthly = None
    if not is_ended:
        monthly = 0 if status in FREE else _monthly(items, currency)
    price = items[0]["price"]
    terms = Terms(
        on=moment_of(moment).astimezone(ZoneInfo(zone)).date(),
        plan=_word(price.get("nickname") or price["id"]),
        currency=currency,
        monthly_minor=monthly,
    )
    return ContractSaid(_id(subscription["customer"]), (terms,), _id(subscription["id"]))


def _monthly(items: Any, currency: str) -> int:
    """Return what items cost in a month of 365/12 days, before discounts and taxes."""
    total = Fraction()
    for item in items:
        price = item["price"]
        amount = price.get("unit_amount_decimal") or price.get("unit_amount")
        if amount is None:
            raise UnknownShape(Text("a price in tiers has no monthly amount"))
        every = price["recurring"]
        months = MONTHS[every["interval"]] * int(every.get("interval_count") or 1)
        total += Fraction(str(amount)) * int(item.get("quantity") or 1) / months
    return _minor(round(total), currency)


def _word(text: Any) -> str:
    return str(text).replace("\0", "").encode("utf-8", "replace").decode()[:80]


def _minor(amount: Any, currency: str) -> int:
    return int(amount) // 100 if currency in HUNDREDTHS else int(amount)


def _id(value: Any) -> str:
    """Return an id; an object that is told whole has it inside."""
    found = (value.get("id") if isinstance(value, Mapping) else value) or ""
    if not (isinstance(found, str) and len(found) <= MOST_ID and found.isascii()):
        raise UnknownShape(Text("an id is not as Stripe writes them"))
    return found.replace("\0", "")
