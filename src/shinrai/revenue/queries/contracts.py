"""What was said of contracts, and the spans in which each is in force."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from shinrai.postgres.bulk import one_of
from shinrai.revenue.models import Contract, ContractStep
from shinrai.revenue.rules.contracts import ContractPeriod, SaidTerms, effective, spans
from shinrai.revenue.rules.learners import HeldContract
from shinrai.revenue.rules.rows import Terms

COLUMNS = (
    "contract_id", "on", "plan", "currency", "monthly_minor", "is_whole", "said_at",
)  # fmt: skip
Step = tuple[int, date, str, str, int | None, bool, datetime]


def terms_said(*, contract_ids: Iterable[int]) -> dict[int, list[SaidTerms]]:
    """Return all that was said of some contracts, in the order in which it was recorded."""
    return _grouped(ContractStep.objects.filter(one_of("contract_id", list(contract_ids))))


def contract_spans(*, workspace_id: int) -> dict[int, list[ContractPeriod]]:
    """Return the spans in which each contract of a workspace is in force."""
    # Not a join: without statistics PostgreSQL scans all contracts for each step.
    ids = Contract.objects.filter(workspace_id=workspace_id).values_list("id", flat=True)
    return _spans(terms_said(contract_ids=ids))


def held_contracts(
    *, workspace_id: int, of: Collection[int] | None = None, keys: Collection[str] = ()
) -> list[HeldContract]:
    """Return the contracts of a workspace with the spans in which they are in force.

    `of`: those of these customers alone, and those with these keys.
    """
    rows = Contract.objects.filter(workspace_id=workspace_id).order_by("id")
    if of is not None:
        rows = rows.filter(Q(one_of("person_id", of)) | Q(one_of("key", keys)))
    found = list(rows.values_list("id", "source", "key", "person_id"))
    if of is None:
        periods = contract_spans(workspace_id=workspace_id)
    else:
        periods = _spans(terms_said(contract_ids=[row[0] for row in found]))
    return [HeldContract(*row, tuple(periods.get(row[0], ()))) for row in found]


def _spans(said: Mapping[int, list[SaidTerms]]) -> dict[int, list[ContractPeriod]]:
    return {contract: list(spans(effective(some))) for contract, some in said.items()}


def _grouped(rows: Any) -> dict[int, list[SaidTerms]]:
    found: dict[int, list[SaidTerms]] = defaultdict(list)
    step: Step
    for step in rows.order_by("id").values_list(*COLUMNS).iterator():
        contract_id, on, plan, currency, monthly_minor, is_whole, said_at = step
        terms = Terms(on, plan, currency, monthly_minor)
        found[contract_id].append(SaidTerms(terms, is_whole, said_at))
    return found
