"""What was paid and paid back: by month and currency, and by person for lifetimes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.db.models.functions import TruncDate, TruncMonth

from shinrai.revenue.models import Payment

PAID = Q(kind="payment")
ANONYMOUS = Q(person=None)


@dataclass(frozen=True)
class PaymentFigures:
    """Payments of a currency in a month, or in all; `payers` are persons, each once; `customers`
    also those to whom money was only paid back.

    Payments of nobody the source named are in all amounts, and beside it apart.
    """

    payments: int = 0
    zero: int = 0
    refunds: int = 0
    payers: int = 0
    customers: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    anonymous: int = 0
    anonymous_net_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Return what came less what was paid back."""
        return self.paid_minor - self.refunded_minor


def payments_by_month(
    *, workspace_id: int, zone: str, until: datetime, since: date | None = None
) -> dict[tuple[str, date], PaymentFigures]:
    """Return the payments of each currency and month of a zone, from a date up to a moment."""
    there = ZoneInfo(zone)
    month = TruncMonth("at", tzinfo=there)
    found = _payments(workspace_id, until)
    if since is not None:
        found = found.filter(at__gte=datetime.combine(since, time(), there))
    rows = found.annotate(month=month).values("currency", "month")
    return {
        (row["currency"], row["month"].date()): _figures(row) for row in rows.annotate(**_counts())
    }


def paid_for(
    *, workspace_id: int, zone: str, until: datetime, since: date | None = None
) -> list[tuple[str, date, str, str, int | None, int]]:
    """Return what was paid, less refunds, by currency, month, source, contract and customer."""
    there = ZoneInfo(zone)
    found = _payments(workspace_id, until)
    if since is not None:
        found = found.filter(at__gte=datetime.combine(since, time(), there))
    names = ("source", "contract_key", "person_id")
    rows = found.annotate(month=TruncMonth("at", tzinfo=there)).values("currency", "month", *names)
    net = Sum("minor", filter=PAID, default=0) - Sum("minor", filter=~PAID, default=0)
    return [
        (row["currency"], row["month"].date(), *(row[name] for name in names), int(row["net"]))
        for row in rows.annotate(net=net)
    ]


def payments_in_all(*, workspace_id: int, until: datetime) -> dict[str, PaymentFigures]:
    """Return all payments of each currency up to a moment."""
    rows = _payments(workspace_id, until).values("currency").annotate(**_counts())
    return {row["currency"]: _figures(row) for row in rows}


def last_payment_at(*, workspace_id: int, until: datetime) -> datetime | None:
    """Return the moment of the newest payment up to another moment."""
    found: datetime | None = _payments(workspace_id, until).aggregate(last=Max("at"))["last"]
    return found


def purchase_days(
    *, workspace_id: int, zone: str, until: datetime
) -> Sequence[tuple[date, date, int]]:
    """Return each payer's first and last day of payment, and the number of such days.

    What is paid under a contract is left out: it comes by the calendar.
    """
    rows = _payments(workspace_id, until).filter(PAID, contract_key="").exclude(ANONYMOUS)
    days = rows.annotate(day=TruncDate("at", tzinfo=ZoneInfo(zone))).values("person")
    found = days.annotate(first=Min("day"), last=Max("day"), count=Count("day", distinct=True))
    return [(row["first"], row["last"], row["count"]) for row in found.iterator()]


def _payments(workspace_id: int, until: datetime) -> QuerySet[Payment]:
    return Payment.objects.filter(workspace_id=workspace_id, at__lte=until).order_by()


def _counts() -> dict[str, Count | Sum]:
    refund = ~PAID
    return {
        "payments": Count("id", filter=PAID),
        "zero": Count("id", filter=PAID & Q(minor=0)),
        "refunds": Count("id", filter=refund),
        "payers": Count("person", filter=PAID, distinct=True),
        "customers": Count("person", distinct=True),
        "paid_minor": Sum("minor", filter=PAID, default=0),
        "refunded_minor": Sum("minor", filter=refund, default=0),
        "anonymous": Count("id", filter=ANONYMOUS),
        "anonymous_paid": Sum("minor", filter=ANONYMOUS & PAID, default=0),
        "anonymous_refunded": Sum("minor", filter=ANONYMOUS & refund, default=0),
    }


def _figures(row: Any) -> PaymentFigures:
    net = row.pop("anonymous_paid") - row.pop("anonymous_refunded")
    counts = {name: int(row[name]) for name in _counts() if name in row}
    return PaymentFigures(**counts, anonymous_net_minor=int(net))
