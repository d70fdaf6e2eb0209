"""Record what sources say: payments, each once, and the terms of contracts, as steps."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from shinrai.customers.operations import KnownCustomer, record_customers
from shinrai.postgres.bulk import one_of
from shinrai.postgres.locks import lock_in_transaction
from shinrai.privacy.operations import mark_of
from shinrai.revenue.models import Contract, ContractStep, Payment
from shinrai.revenue.queries.contracts import terms_said
from shinrai.revenue.rules.contracts import effective
from shinrai.revenue.rules.rows import ContractSaid, PaymentSaid


@dataclass
class Recorded:
    """How many were new, known already, or of customers who were erased."""

    new: int = 0
    known: int = 0
    erased: int = 0

    def add(self, other: "Recorded") -> None:
        """Add what another call recorded."""
        self.new += other.new
        self.known += other.known
        self.erased += other.erased


@dataclass(frozen=True)
class Statement:
    """Who says something, when it was said, and how it came to us.

    `ordinals` counts rows without an id that say the same: the file's first is always the first.
    """

    workspace_id: int
    source: str
    said_at: datetime
    at: datetime
    by: str
    ordinals: Counter[str] = field(default_factory=Counter)


def record_payments(*, said: Sequence[PaymentSaid], of: Statement) -> Recorded:
    """Record payments; those whose id this source gave before are known and stay as they are."""
    with transaction.atomic():
        known = _customers([one.customer for one in said], of)
        rows = []
        result = Recorded()
        for one in said:
            outside_id = one.id or _ordinal(_content(one), of)
            if one.customer and one.customer not in known:
                result.erased += 1
                continue
            rows.append(
                Payment(
                    workspace_id=of.workspace_id,
                    source=of.source,
                    outside_id=outside_id,
                    kind="refund" if one.minor < 0 else "payment",
                    minor=abs(one.minor),
                    currency=one.currency,
                    at=one.at,
                    person_id=known[one.customer].id if one.customer else None,
                    contract_key=one.contract,
                    recorded_at=of.at,
                    by=of.by,
                )
            )
        there = Payment.objects.filter(workspace_id=of.workspace_id, source=of.source)
        lock_in_transaction(f"revenue:{of.workspace_id}")
        ids = {row.outside_id for row in rows}
        old = set(there.filter(one_of("outside_id", ids)).values_list("outside_id", flat=True))
        fresh = {row.outside_id: row for row in rows if row.outside_id not in old}
        Payment.objects.bulk_create(fresh.values(), batch_size=1000)
        result.new, result.known = len(fresh), len(rows) - len(fresh)
    return result


def record_contracts(*, said: Sequence[ContractSaid], of: Statement, is_whole: bool) -> Recorded:
    """Append the terms of contracts where they differ from what is known."""
    result = Recorded()
    with transaction.atomic():
        known = _customers([one.customer for one in said], of)
        lock_in_transaction(f"revenue:{of.workspace_id}")
        grouped: dict[str, list[ContractSaid]] = defaultdict(list)
        for one in said:
            if one.customer in known:
                key = one.key or mark_of("contract", of.source, one.customer).hex()[:32]
                grouped[key].append(one)
            else:
                result.erased += 1
        rows = _contracts(grouped, known, of)
        before = terms_said(contract_ids=rows.values())
        steps = []
        for key, some in grouped.items():
            there = before.get(rows[key], [])
            terms = sorted(
                {term for one in some for term in one.terms},
                key=lambda term: (term.on, term.monthly_minor is None),
            )
            kept = [item.terms for item in there] if not is_whole else effective(there)
            fresh = [term for term in terms if term not in kept]
            if not fresh and (not is_whole or len(kept) == len(terms)):
                result.known += 1
                continue
            result.new += 1
            steps += [
                ContractStep(
                    contract_id=rows[key],
                    on=term.on,
                    plan=term.plan,
                    currency=term.currency,
                    monthly_minor=term.monthly_minor,
                    is_whole=is_whole,
                    said_at=of.said_at,
                    recorded_at=of.at,
                    by=of.by,
                )
                for term in (terms if is_whole else fresh)
            ]
        ContractStep.objects.bulk_create(steps, batch_size=1000)
    return result


def _contracts(
    grouped: dict[str, list[ContractSaid]], known: dict[str, KnownCustomer], of: Statement
) -> dict[str, int]:
    """Return the numbers of contracts by key, making those that are new."""
    there = Contract.objects.filter(workspace_id=of.workspace_id, source=of.source)
    numbers = dict(there.filter(one_of("key", grouped)).values_list("key", "id"))
    made = Contract.objects.bulk_create(
        (
            Contract(
                workspace_id=of.workspace_id,
                source=of.source,
                key=key,
                person_id=known[some[0].customer].id,
            )
            for key, some in grouped.items()
            if key not in numbers
        ),
        batch_size=1000,
    )
    return numbers | {row.key: row.pk for row in made}


def _customers(identifiers: Sequence[str], of: Statement) -> dict[str, KnownCustomer]:
    return record_customers(
        workspace_id=of.workspace_id,
        source=of.source,
        identifiers=[name for name in identifiers if name],
        at=of.at,
    )


def _content(one: PaymentSaid) -> str:
    """Return a keyed hash of what a payment without an id says."""
    parts = (one.customer, one.contract, one.at.isoformat(), str(one.minor), one.currency)
    return f"row:{mark_of('payment', *parts).hex()[:40]}"


def _ordinal(content: str, of: Statement) -> str:
    of.ordinals[content] += 1
    return f"{content}:{of.ordinals[content]}"
