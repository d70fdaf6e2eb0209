"""The page of revenue: what recurs and what was received by month, and which contracts ended."""

from dataclasses import dataclass

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.revenue.queries.summary import MonthRevenue, revenue_lately
from shinrai.revenue.rules.money import in_major, money_words


@dataclass(frozen=True)
class MonthRow:
    """A month of one currency as the list shows it; amounts are in words."""

    currency: str
    revenue: MonthRevenue

    def major(self, minor: float | None) -> float | int | None:
        """Return an amount in the currency, for sorting and downloads."""
        return None if minor is None else in_major(minor, self.currency)

    def _words(self, minor: float | None) -> str | None:
        return None if minor is None else money_words(minor, self.currency)

    @property
    def mrr(self) -> str | None:
        """Return what recurs."""
        return self._words(self.revenue.contracts.mrr_minor)

    @property
    def received(self) -> str | None:
        """Return what was received, less refunds; None where no payments are recorded."""
        minor = self.revenue.payments.net_minor
        return self._words(minor) if self.revenue.has_payments else None

    @property
    def refunded(self) -> str | None:
        """Return what was paid back; None if nothing was."""
        return self._words(self.revenue.payments.refunded_minor or None)

    @property
    def per_contract_minor(self) -> float | None:
        """Return the revenue per contract in force."""
        return self.revenue.per(self.revenue.contracts.in_force)

    @property
    def per_contract(self) -> str | None:
        """Return ARPU."""
        return self._words(self.per_contract_minor)

    @property
    def per_paying(self) -> str | None:
        """Return ARPPU."""
        return self._words(self.revenue.per(self.revenue.contracts.paying))

    @property
    def per_payer(self) -> str | None:
        """Return the revenue per person who paid."""
        return self._words(self.revenue.per(self.revenue.payments.payers))


MONTHS = ListSpec[MonthRow](
    name="revenue",
    columns=(
        ListColumn("month", _("Month"), lambda row: f"{row.revenue.month:%Y-%m}", True),
        ListColumn("currency", _("Currency"), lambda row: row.currency, is_shown=False),
        ListColumn(
            "mrr", "MRR", lambda row: row.major(row.revenue.contracts.mrr_minor), True,
            is_number=True,
        ),
        ListColumn(
            "contracts", _("Contracts"), lambda row: row.revenue.contracts.in_force, True,
            is_number=True,
        ),
        ListColumn(
            "received", _("Money received"),
            lambda row: row.major(row.revenue.payments.net_minor), True, is_number=True,
        ),
        ListColumn(
            "refunded", _("of it paid back"),
            lambda row: row.major(row.revenue.payments.refunded_minor), is_shown=False,
        ),
        ListColumn(
            "arpu", _("per contract"), lambda row: row.major(row.per_contract_minor),
            is_number=True,
        ),
        ListColumn(
            "payers", _("per payer"), lambda row: row.major(
                row.revenue.per(row.revenue.payments.payers)
            ), is_number=True,
        ),
        ListColumn("ended", _("Contracts ended"), lambda row: row.revenue.contracts.ended, True),
        ListColumn(
            "of", _("in force before"), lambda row: row.revenue.contracts.in_force_before,
            is_shown=False,
        ),
    ),
    row="revenue/_month.html",
    usual="-month",
    a_page=12,
    classes="cards pairs",
)  # fmt: skip


@require_safe
@members_only
def revenue(request: MemberRequest) -> HttpResponseBase:
    """Show what recurs, what was received and which contracts ended, by month and currency."""
    found = revenue_lately(workspace=request.workspace, at=request.at)
    rows = [MonthRow(one.currency, month) for one in found for month in one.months]
    listing = recorded_list(request, MONTHS, memory_source(rows, MONTHS))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "currencies": [
            {
                "revenue": one,
                "last": MonthRow(one.currency, one.last_complete),
            }
            for one in found
            if one.months
        ],
    }
    return render(request, "revenue/revenue.html", context)
