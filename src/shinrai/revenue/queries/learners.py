"""The learners behind contracts: who is linked, who was active, and what their contracts bring."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import LinkRecord, all_links, known_to
from shinrai.customers.rules import households
from shinrai.revenue.queries.contracts import held_contracts
from shinrai.revenue.queries.payments import paid_for
from shinrai.revenue.queries.summary import (
    CurrencyRevenue,
    JoinedMonth,
    MonthRevenue,
    revenue_summary,
    summary_document,
)
from shinrai.revenue.rules.contracts import ContractPeriod, month_end
from shinrai.revenue.rules.learners import HeldContract, JoinedLearners, join_learners
from shinrai.revenue.rules.money import money_words
from shinrai.units.share import Share
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.habit import active_days, lives
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.contracts import ContractSpan, covered

ACTORS = "usage"  # the source whose customers use the service


@dataclass(frozen=True)
class ContractLearners:
    """The contracts of a workspace, their learners, and the links that say so."""

    contracts: Mapping[int, HeldContract]
    links: tuple[LinkRecord, ...]
    joined: JoinedLearners
    persons: Mapping[int, int]

    @property
    def spans(self) -> list[ContractSpan]:
        """Return the days on which each learner is under a contract."""
        return [ContractSpan(one.person, one.since, one.until) for one in self.joined.spans]

    def linked(self, on: date) -> Share:
        """Return the contracts in force on a day that have a learner."""
        there = [one.id for one in self.contracts.values() if one.terms(on)]
        return Share(len(self.joined.behind(on).keys() & set(there)), len(there))


@dataclass(frozen=True)
class ContractOfMonth:
    """A contract of a month: when it ran, its terms and learners at the month's end.

    Of one that ended in the month, those of the month before.
    """

    contract: HeldContract
    since: date
    until: date | None
    terms: ContractPeriod
    learners: int

    @property
    def monthly(self) -> str:
        """Return its monthly amount in words."""
        return money_words(self.terms.monthly_minor, self.terms.currency)


@dataclass(frozen=True)
class HouseholdCounts:
    """Whom the links that hold on a day join, counted by unit; of contracts those in force."""

    on: date
    households: int
    learners: int
    learners_of_several_guardians: int
    guardians: int
    guardians_of_several_learners: int
    payers: int  # each guardian of each contract, once
    contracts: Share


def contract_learners(workspace_id: int) -> ContractLearners:
    """Return who learns under which contract, and when."""
    contracts = held_contracts(workspace_id=workspace_id)
    links = all_links(workspace_id=workspace_id)
    persons = actors_merged(workspace_id)
    actors = known_to(source=ACTORS, numbers={one.person for one in contracts})
    joined = join_learners(contracts, links, persons=persons, actors=actors)
    return ContractLearners({one.id: one for one in contracts}, tuple(links), joined, persons)


def learner_spans(workspace_id: int) -> list[ContractSpan] | None:
    """Return the days on which each learner is under a contract; None if no contract tells."""
    return contract_learners(workspace_id).spans or None


def first_contracts(*, workspace_id: int, persons: Mapping[int, int]) -> dict[int, date]:
    """Return on which day the first contract of each of some learners begins; without one, nothing.

    `persons`: all actors of these learners, and which person each is. What `contract_learners` says
    of them, from their own contracts and links alone.
    """
    own = {one.key for one in held_contracts(workspace_id=workspace_id, of=persons)}
    links = all_links(workspace_id=workspace_id, of=persons, keys=own)
    keys = own | {one.contract_key for one in links if one.contract_key}
    payers = {one.guardian_id for one in links}
    contracts = held_contracts(workspace_id=workspace_id, of={*persons, *payers}, keys=keys)
    actors = known_to(source=ACTORS, numbers={one.person for one in contracts})
    joined = join_learners(contracts, links, persons=persons, actors=actors)
    first: dict[int, date] = {}
    for span in joined.spans:
        first[span.person] = min(span.since, first.get(span.person, span.since))
    return {one: first[one] for one in set(persons.values()) if one in first}


def contracts_of_month(
    workspace_id: int, *, month: date, part: str, today: date
) -> list[ContractOfMonth]:
    """Return the contracts that a figure of a month counts, as `summary` does."""
    known = contract_learners(workspace_id)
    last, before = min(month_end(month), today), month - timedelta(days=1)
    on = before if part == "ended" else last
    behind = known.joined.behind(on)

    def counts(one: HeldContract) -> bool:
        is_in_force, was_in_force = one.terms(last) is not None, one.terms(before) is not None
        if part in ("begun", "ended"):
            return is_in_force != was_in_force
        return part == "in_force" or (one.id in behind) == (part == "with_learner")

    return [
        ContractOfMonth(one, one.days[0][0], one.days[-1][1], terms, len(behind.get(one.id, ())))
        for one in known.contracts.values()
        if (terms := one.terms(on)) and counts(one)
    ]


def household_counts(workspace_id: int, *, on: date) -> HouseholdCounts:
    """Return how many households, learners, guardians and contracts are joined on a day."""
    known = contract_learners(workspace_id)
    holding = [one for one in known.links if one.holds(on)]
    found = households(holding, persons=known.persons)
    guardians, learners = defaultdict(set), defaultdict(set)
    for one in holding:
        learner = known.persons.get(one.learner_id, one.learner_id)
        guardians[learner].add(one.guardian_id)
        learners[one.guardian_id].add(learner)
    return HouseholdCounts(
        on=on,
        households=len(found),
        learners=len(guardians),
        learners_of_several_guardians=sum(len(some) > 1 for some in guardians.values()),
        guardians=len(learners),
        guardians_of_several_learners=sum(len(some) > 1 for some in learners.values()),
        payers=len({(one.guardian_id, one.contract_key) for one in holding}),
        contracts=known.linked(on),
    )


def with_learners(
    found: Sequence[CurrencyRevenue], scope: UsageScope, *, months: Collection[date] | None = None
) -> list[CurrencyRevenue]:
    """Return a summary with the learners of its months, or of some of them.

    ARPU per active person divides what the contracts with a learner brought, and nothing else. What
    was paid without naming a contract is theirs if all contracts of its customer have a learner.
    """
    shown = {one.month for some in found for one in some.months}
    wanted = sorted(shown if months is None else shown.intersection(months))
    known = contract_learners(scope.workspace_id)
    if not wanted or not known.joined.spans:
        return list(found)
    active: dict[date, set[int]] = defaultdict(set)
    for one in active_days(scope, since=wanted[0], until=month_end(wanted[-1])):
        active[one.month].add(one.person)
    # Only a month in which nobody did anything can be one before anything was recorded.
    seen = {} if all(active[month] for month in wanted) else lives(scope)
    first_use = min((first for first, _last in seen.values()), default=date.max)
    paid: dict[tuple[str, date], list[tuple[str, str, int | None, int]]] = defaultdict(list)
    for currency, month, *row in paid_for(
        workspace_id=scope.workspace_id, zone=scope.zone, until=scope.at, since=wanted[0]
    ):
        paid[currency, month].append(tuple(row))  # type: ignore[arg-type]

    def join(currency: str, one: MonthRevenue) -> JoinedMonth:
        last = min(month_end(one.month), scope.today)
        use = active[one.month] if active[one.month] or first_use <= last else None
        return _joined(known, currency, one, use, paid=paid[currency, one.month], last=last)

    return [
        replace(
            some,
            months=tuple(
                replace(one, joined=join(some.currency, one)) if one.month in wanted else one
                for one in some.months
            ),
        )
        for some in found
    ]


def _joined(
    known: ContractLearners,
    currency: str,
    of: MonthRevenue,
    active: Collection[int] | None,
    *,
    paid: Sequence[tuple[str, str, int | None, int]],
    last: date,
) -> JoinedMonth:
    """Return the learners of a month's contracts; `active`: who was, None before any use."""
    terms = {one.id: one.terms(last) for one in known.contracts.values()}
    in_force = {key: one for key, one in terms.items() if one and one.currency == currency}
    behind = {key: who for key, who in known.joined.behind(last).items() if key in in_force}
    learners = set[int]().union(*behind.values())
    by_key = {(one.source, one.key): one.id for one in known.contracts.values()}
    by_person: dict[int | None, set[int]] = defaultdict(set)
    for key in in_force:
        by_person[known.contracts[key].person].add(key)
    minor = sum(in_force[key].monthly_minor for key in behind)
    if of.has_payments:
        meant = [
            ({by_key.get((source, key), 0)} if key else by_person[person], net)
            for source, key, person, net in paid
        ]
        minor = sum(net for contracts, net in meant if contracts and contracts <= behind.keys())
    spans = [
        ContractSpan(one.person, one.since, one.until)
        for one in known.joined.spans
        if one.contract in in_force
    ]
    # Whoever joined or left within the month had too few days to say that they stayed away.
    whole = covered(spans, first=of.month, after=month_end(of.month) + timedelta(days=1)).whole
    return JoinedMonth(
        contracts=Share(len(behind), len(in_force)),
        learners=len(learners),
        active=None if active is None else len(learners.intersection(active)),
        minor=minor,
        inactive=None
        if active is None or of.is_open
        else Share(len(whole.difference(active)), len(whole)),
    )


def joined_summary(
    workspace: WorkspaceRecord, scope: UsageScope, *, month: date | None
) -> tuple[list[CurrencyRevenue], dict[str, Any]]:
    """Return the revenue of a workspace with its learners, and as a document for programs."""
    months = revenue_summary(workspace=workspace, at=scope.at, month=month)
    found = with_learners(months, scope)
    joined = contract_learners(workspace.id)
    linked = joined.linked(scope.today)
    learners = {
        "on": scope.today,
        "contracts": linked.of,
        "contracts_with_learner": linked.count,
        "links_of_no_contract": joined.joined.unmatched,
        "links_of_several_contracts": joined.joined.ambiguous,
    }
    document = summary_document(found, workspace=workspace, at=scope.at)
    return found, document | {"learners": learners}
