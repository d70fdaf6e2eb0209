"""Answers about customers: who somebody is, by their source's key or by our number."""

from collections.abc import Iterable
from dataclasses import dataclass

from shinrai.customers.models import Person
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.statements import statement
from shinrai.privacy.operations import erased_marks, mark_of, read_words


@dataclass(frozen=True)
class CustomerRecord:
    """A customer of one source. `identifier` is the source's own; None once it was erased."""

    id: int
    source: str
    key_id: int
    identifier: str | None


def customer_by_identifier(
    *, workspace_id: int, source: str, identifier: str
) -> CustomerRecord | None:
    """Find a customer by the identifier their source gives them."""
    mark = mark_of("person", source, identifier)
    row = Person.objects.filter(workspace_id=workspace_id, source=source, mark=mark).first()
    return None if row is None else _record(row)


def customer_by_number(*, workspace_id: int, number: int) -> CustomerRecord | None:
    """Find a customer by our number."""
    row = Person.objects.filter(workspace_id=workspace_id, id=number).first()
    return None if row is None else _record(row)


def is_erased(*, workspace_id: int, source: str, identifier: str) -> bool:
    """Tell whether this customer was erased, met before or not."""
    return mark_of("person", source, identifier) in erased_marks(workspace_id=workspace_id)


def _record(row: Person) -> CustomerRecord:
    """Open the identifier, which lies sealed as the person's name."""
    words = read_words([row.name_words_id]) if row.name_words_id is not None else {}
    return CustomerRecord(row.pk, row.source, row.key_id, words.get(row.name_words_id or 0))


def known_customers(
    *, workspace_id: int, source: str, identifiers: Iterable[str]
) -> dict[str, int]:
    """Find the numbers of customers a source brought, by its own names for them."""
    names = {mark_of("person", source, name): name for name in identifiers}
    rows = fetch_rows(
        statement("customers", "persons_by_mark"),
        {"marks": list(names), "workspace": workspace_id, "source": source},
    )
    return {names[mark]: person_id for mark, person_id, _ in rows}
