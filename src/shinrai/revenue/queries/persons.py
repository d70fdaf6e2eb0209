"""The contracts of some persons, such as a household."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from shinrai.revenue.models import Contract
from shinrai.revenue.queries.contracts import terms_said
from shinrai.revenue.rules.contracts import effective, spans
from shinrai.revenue.rules.money import money_words


@dataclass(frozen=True)
class PersonContract:
    """A contract: its holder, the days on which it runs, its newest plan and monthly amount.

    `until` is the first day without it; None while no end is known.
    """

    key: str
    person: int
    plan: str
    monthly: str
    since: date
    until: date | None
    is_over: bool


def contracts_of_persons(
    *, workspace_id: int, persons: Collection[int], keys: Collection[str], on: date
) -> tuple[PersonContract, ...]:
    """Return the contracts that persons hold, or that have one of these numbers; by first day."""
    rows = Contract.objects.filter(
        Q(person_id__in=list(persons)) | Q(key__in=list(keys)), workspace_id=workspace_id
    )
    held = {row.pk: row for row in rows}
    found = []
    for number, said in terms_said(contract_ids=held).items():
        if days := list(spans(effective(said))):
            last, row = days[-1], held[number]
            amount = money_words(last.monthly_minor, last.currency)
            is_over = last.end is not None and last.end <= on
            found.append(
                PersonContract(
                    row.key, row.person_id, last.plan, amount, days[0].start, last.end, is_over
                )
            )
    return tuple(sorted(found, key=lambda one: (one.since, one.key)))
