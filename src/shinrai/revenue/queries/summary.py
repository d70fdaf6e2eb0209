"""Revenue by month and currency: what recurs, what was paid, per contract and person, who ended."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.revenue.queries.contracts import contract_spans
from shinrai.revenue.queries.payments import (
    PaymentFigures,
    last_payment_at,
    payments_by_month,
    payments_in_all,
)
from shinrai.revenue.rules.contracts import (
    ContractMonths,
    MonthContracts,
    by_month,
    month_end,
    months_between,
)
from shinrai.revenue.rules.money import digits_of, in_major
from shinrai.revenue.rules.rows import months_before
from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

NO_USAGE = "no usage is recorded"
SHOWN_MONTHS = 24


@dataclass(frozen=True)
class MonthRevenue:
    """The revenue of a month in one currency; of one that `is_open` it is what came so far.

    ARPU and ARPPU divide what was received, less refunds; where no payments are recorded, MRR.
    """

    month: date
    is_open: bool
    has_payments: bool
    contracts: MonthContracts
    payments: PaymentFigures
    active_persons: int | None = None

    @property
    def revenue_minor(self) -> int:
        """Return what is divided by persons and contracts."""
        return self.payments.net_minor if self.has_payments else self.contracts.mrr_minor

    def per(self, count: int | None) -> float | None:
        """Return the revenue per contract or person; None if there is none, or none known."""
        return self.revenue_minor / count if count else None

    @property
    def churn(self) -> Share:
        """Return the share of the contracts in force before the month that ended in it."""
        return Share(self.contracts.ended, self.contracts.in_force_before)

    @property
    def churn_interval(self) -> Interval | Unknown:
        """Return how far the share may be from the truth."""
        return wilson(self.contracts.ended, self.contracts.in_force_before)


@dataclass(frozen=True)
class CurrencyRevenue:
    """The revenue in one currency; amounts of several currencies are never added."""

    currency: str
    months: tuple[MonthRevenue, ...]
    payments: PaymentFigures
    contracts: ContractMonths

    @property
    def last_complete(self) -> MonthRevenue:
        """Return the last month that is over; the only one, if none is."""
        over = [month for month in self.months if not month.is_open]
        return (over or list(self.months))[-1]


def revenue_lately(*, workspace: WorkspaceRecord, at: datetime) -> list[CurrencyRevenue]:
    """Return the last two years with revenue, as of a moment, by currency."""
    zone = ZoneInfo(workspace.zone)
    spans = contract_spans(workspace_id=workspace.id)
    is_in_force = any(one.end is None for some in spans.values() for one in some)
    last = last_payment_at(workspace_id=workspace.id, until=at)
    newest = at if is_in_force or last is None else last
    since = months_before(newest.astimezone(zone).date().replace(day=1), SHOWN_MONTHS - 1)
    return revenue_summary(workspace=workspace, at=at, since=since)


def revenue_summary(
    *,
    workspace: WorkspaceRecord,
    at: datetime,
    month: date | None = None,
    since: date | None = None,
) -> list[CurrencyRevenue]:
    """Return the revenue of a workspace as of a moment, by currency.

    `month` shows one month alone; `since` the months from one on, and no total of payments.
    """
    today = at.astimezone(ZoneInfo(workspace.zone)).date()
    contracts = by_month(contract_spans(workspace_id=workspace.id).values(), until=today)
    monthly = payments_by_month(
        workspace_id=workspace.id, zone=workspace.zone, until=at, since=since
    )
    in_all = {} if since else payments_in_all(workspace_id=workspace.id, until=at)
    found = []
    for currency in sorted({*contracts, *(code for code, _month in monthly)}):
        these = contracts.get(currency, ContractMonths())
        paid = {one: figures for (code, one), figures in monthly.items() if code == currency}
        filled = {one for one, figures in these.months.items() if figures != MonthContracts()}
        known = sorted({*paid, *filled})
        shown = months_between(known[0], known[-1]) if known else []
        found.append(
            CurrencyRevenue(
                currency,
                tuple(
                    MonthRevenue(
                        month=one,
                        is_open=month_end(one) >= today,
                        has_payments=bool(paid),
                        contracts=these.months.get(one, MonthContracts()),
                        payments=paid.get(one, PaymentFigures()),
                    )
                    for one in shown
                    if month in (None, one) and (since is None or one >= since)
                ),
                in_all.get(currency, PaymentFigures()),
                these,
            )
        )
    return found


def summary_document(
    found: list[CurrencyRevenue], *, workspace: WorkspaceRecord, at: datetime
) -> dict[str, Any]:
    """Return a summary for programs; amounts are in the currency, not in its minor units."""
    return {
        "workspace": workspace.slug,
        "zone": workspace.zone,
        "at": at,
        "currencies": [
            {
                "currency": one.currency,
                "decimals": digits_of(one.currency),
                "total": _payments(one.payments, one.currency)
                | {
                    "contracts": one.contracts.contracts,
                    "contracts_ended": one.contracts.ended,
                    "ended_share": _share(one.contracts.ended, one.contracts.contracts),
                },
                "months": [_month(month, one.currency) for month in one.months],
            }
            for one in found
        ],
    }


def _month(one: MonthRevenue, currency: str) -> dict[str, Any]:
    counted = one.contracts
    interval = one.churn_interval

    def money(minor: float | None) -> float | None:
        return None if minor is None else in_major(minor, currency)

    return {
        "month": f"{one.month:%Y-%m}",
        "is_open": one.is_open,
        "mrr": money(counted.mrr_minor),
        "contracts": counted.in_force,
        "paying_contracts": counted.paying,
        "contracts_begun": counted.begun,
        **_payments(one.payments, currency),
        "basis": "payments" if one.has_payments else "mrr",
        "arpu_per_active_person": money(one.per(one.active_persons)),
        "arpu_per_contract": money(one.per(counted.in_force)),
        "arppu_per_paying_contract": money(one.per(counted.paying)),
        "revenue_per_payer": money(one.per(one.payments.payers)),
        "contract_churn": {
            "ended": counted.ended,
            "of": counted.in_force_before,
            "share": _share(counted.ended, counted.in_force_before),
            "low": interval.low if isinstance(interval, Interval) else None,
            "high": interval.high if isinstance(interval, Interval) else None,
            "method": interval.method if isinstance(interval, Interval) else None,
        },
        "inactive_persons": None,
        "inactive_persons_unknown": NO_USAGE,
    }


def _payments(figures: PaymentFigures, currency: str) -> dict[str, Any]:
    return {
        "revenue": in_major(figures.net_minor, currency),
        "paid": in_major(figures.paid_minor, currency),
        "refunded": in_major(figures.refunded_minor, currency),
        "payments": figures.payments,
        "payments_of_zero": figures.zero,
        "refunds": figures.refunds,
        "payers": figures.payers,
        "customers": figures.customers,
        "without_customer": figures.anonymous,
        "revenue_without_customer": in_major(figures.anonymous_net_minor, currency),
    }


def _share(count: int, of: int) -> float | None:
    return count / of if of else None
