"""The pages of revenue: by month, the contracts behind a month, and what follows on habit."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.figures import FigureRow
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.revenue.operations.hazard import prepared_hazard
from shinrai.revenue.queries.continuation import MONTHS_LATER, continuation
from shinrai.revenue.queries.learners import (
    ContractOfMonth,
    contracts_of_month,
    with_learners,
)
from shinrai.revenue.queries.summary import SHOWN_MONTHS, MonthRevenue, revenue_lately
from shinrai.revenue.rules.continuation import LEAST
from shinrai.revenue.rules.hazard import HABIT, OTHERS, PLAN
from shinrai.revenue.rules.money import in_major, money_words
from shinrai.revenue.rules.rows import months_before
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.scope import UsageScope
from shinrai.warehouse.store import Warehouse


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
    shown = {one.last_complete.month for one in found if one.months}
    found = with_learners(found, _scope(request), months=shown)
    rows = [MonthRow(one.currency, month) for one in found for month in one.months]
    listing = recorded_list(request, MONTHS, memory_source(rows, MONTHS))
    if not isinstance(listing, ListPage):
        return listing
    context = {
        "list": listing,
        "has_contracts": any(one.contracts.contracts for one in found),
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


PARTS = (
    ("in_force", _("in force at the end of the month")),
    ("begun", _("begun in the month")),
    ("ended", _("ended in the month")),
    ("with_learner", _("with a linked learner")),
    ("without_learner", _("without a linked learner")),
)
CONTRACTS = ListSpec[ContractOfMonth](
    name="revenue_contracts",
    columns=(
        ListColumn("contract", _("Contract"), lambda row: row.contract.key, True),
        ListColumn("source", _("Source"), lambda row: row.contract.source, is_shown=False),
        ListColumn("plan", _("Plan"), lambda row: row.terms.plan, True),
        ListColumn("currency", _("Currency"), lambda row: row.terms.currency, is_shown=False),
        ListColumn("monthly", _("Monthly amount"), lambda row: in_major(
            row.terms.monthly_minor, row.terms.currency), True, is_number=True),
        ListColumn("since", _("Since"), lambda row: row.since, True),
        ListColumn("until", _("Until"), lambda row: row.until, True),
        ListColumn("learners", _("Linked learners"), lambda row: row.learners, True,
                   is_number=True),
    ),
    row="revenue/_contract.html",
    usual="contract",
)  # fmt: skip


@require_safe
@members_only
def contracts(request: MemberRequest) -> HttpResponseBase:
    """List the contracts behind a figure of a month."""
    scope = _scope(request)
    this = scope.today.replace(day=1)
    months = [months_before(this, back) for back in range(SHOWN_MONTHS)]
    asked = {f"{one:%Y-%m}": one for one in months}
    month = asked.get(request.GET.get("month", ""), months[1])
    part = request.GET.get("part", "")
    part = part if part in dict(PARTS) else "in_force"
    rows = contracts_of_month(scope.workspace_id, month=month, part=part, today=scope.today)
    filters = (
        ListFilter("month", _("Month"), [(one, one) for one in asked]),
        ListFilter("part", _("Which contracts"), [(key, str(name)) for key, name in PARTS]),
    )
    listing = recorded_list(request, CONTRACTS, memory_source(rows, CONTRACTS), filters)
    if not isinstance(listing, ListPage):
        return listing
    context = {"list": listing, "month": month, "part": dict(PARTS)[part]}
    return render(request, "revenue/contracts.html", context)


@require_safe
@members_only
def habit(request: MemberRequest) -> HttpResponse:
    """Show continuation and satisfaction of contracts by the active days of their learners."""
    found = continuation(_scope(request))
    return render(
        request,
        "revenue/continuation.html",
        {
            "found": found,
            "later": MONTHS_LATER,
            "least": LEAST,
            "rows": [
                {
                    "band": one,
                    "continuing": FigureRow("continuing", "", share=one.continuing),
                    "satisfied": FigureRow("satisfied", "", share=one.satisfied),
                }
                for one in found.bands
            ],
        },
    )


@require_safe
@members_only
def hazard(request: MemberRequest) -> HttpResponse:
    """Show what goes with an earlier end of contracts: habit in the first month, and plan."""
    row = prepared_hazard(request.workspace.id)
    if row is None:
        return render(request, "revenue/hazard.html", {"is_later": True})
    found = row.document
    words = {HABIT: gettext("5 more active days"), OTHERS: gettext("Plan: all others")}
    plan = gettext("Plan {name}, beside {other}").replace(
        "{other}", found["compared_with_plan"] or ""
    )
    ratios = [
        one
        | {
            "words": words.get(one["name"])
            or plan.replace("{name}", one["name"].removeprefix(PLAN))
        }
        for one in found["ratios"]
    ]
    context = {
        "found": found,
        "judged": Share(found["judged"]["count"], found["judged"]["n"]),
        "why": None if ratios else Unknown(found["unknown"]),
        "habit": ratios[0] if ratios else None,
        "ratios": ratios,
        "prepared_at": row.prepared_at,
    }
    return render(request, "revenue/hazard.html", context)


def _scope(request: MemberRequest) -> UsageScope:
    there = request.workspace
    return UsageScope(
        there.id,
        there.zone,
        request.at,
        Warehouse(settings.SHINRAI_WAREHOUSE),
        persons=actors_merged(there.id),
    )
