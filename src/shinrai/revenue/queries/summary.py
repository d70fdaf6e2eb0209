"""Revenue by month and currency: what recurs, what was paid, per contract and person, who ended."""

from collections.abc import Callable
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

NO_USAGE = "no usage is recorded"
NO_LEARNER = "no contract has a linked learner"
MONTH_OPEN = "the month is not over"
SHOWN_MONTHS = 24


@dataclass(frozen=True)
class JoinedMonth:
    """The learners of the contracts in force at a month's end, and what those contracts brought.

    `contracts`: those with a learner, of all. `inactive`: learners without an active day (離脱), of
    those under contract for the whole month; None while it is not over. None without any usage.
    """

    contracts: Share
    learners: int
    active: int | None
    minor: int
    inactive: Share | None


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
    joined: JoinedMonth | None = None

    @property
    def revenue_minor(self) -> int:
        """Return what is divided by persons and contracts."""
        return self.payments.net_minor if self.has_payments else self.contracts.mrr_minor

    def per(self, count: int | None) -> float | None:
        """Return the revenue per contract or person; None if there is none, or none known."""
        return self.revenue_minor / count if count else None

    @property
    def per_active_person(self) -> float | None:
        """Return what contracts with a learner brought, by those learners who were active."""
        joined = self.joined
        return joined.minor / joined.active if joined and joined.active else None

    @property
    def inactive_unknown(self) -> str | None:
        """Return why it is not known how many learners stayed away; None if it is."""
        if self.joined is None or not self.joined.contracts.count:
            return NO_LEARNER
        if self.joined.active is None:
            return NO_USAGE
        return MONTH_OPEN if self.is_open else None

    @property
    def churn(self) -> Share:
        """Return the share of the contracts in force before the month that ended in it."""
        return Share(self.contracts.ended, self.contracts.in_force_before)


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
        "arpu_per_active_person": money(one.per_active_person),
        "arpu_per_contract": money(one.per(counted.in_force)),
        "arppu_per_paying_contract": money(one.per(counted.paying)),
        "revenue_per_payer": money(one.per(one.payments.payers)),
        "contract_churn": {"ended": counted.ended, **_within(one.churn)},
        **_learners(one, money),
    }


def _learners(one: MonthRevenue, money: Callable[[float | None], float | None]) -> dict[str, Any]:
    """Return the figures of learners, each with its unit: `unit` says of whom they are."""
    joined, why = one.joined, one.inactive_unknown
    inactive = joined.inactive if joined and why is None else None
    return {
        "active_persons": joined and joined.active,
        "learners": joined and joined.learners,
        "contracts_with_learner": joined and joined.contracts.count,
        "revenue_with_learner": joined and money(joined.minor),
        "arpu_unit": "active learner of a contract in force at the month's end",
        "inactive_persons": inactive and inactive.count,
        "inactive_persons_unit": "learner under contract for the whole month",
        "inactive_share": inactive and _within(inactive),
        "inactive_persons_unknown": why,
    }


def _within(share: Share) -> dict[str, Any]:
    interval = wilson(share.count, share.of)
    ends = interval if isinstance(interval, Interval) else None
    return {
        "of": share.of,
        "share": _share(share.count, share.of),
        "low": ends and ends.low,
        "high": ends and ends.high,
        "method": ends and ends.method,
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
