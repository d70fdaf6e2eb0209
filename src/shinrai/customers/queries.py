"""Read customers, by their source's identifier or by their number."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from django.db.models import Q

from shinrai.customers.models import Person, PersonLink
from shinrai.ledger.queries import batches
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.bulk import one_of
from shinrai.postgres.statements import statement
from shinrai.privacy.operations import erased_marks, mark_of, read_masked, read_words


@dataclass(frozen=True)
class LinkRecord:
    """A learner and a guardian who are linked under a contract on a day, and how one knows."""

    learner_id: int
    guardian_id: int
    contract_key: str
    since: date
    until: date | None
    proof: str

    def holds(self, on: date) -> bool:
        """Return whether the two are linked on a day; on `until` they no longer are."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class GuardianContact:
    """Where a guardian is written to; `person` is the customer's number."""

    person: int
    address: str = field(repr=False)


@dataclass(frozen=True)
class CustomerRecord:
    """A customer of one source; `identifier` is the source's, or None once it was erased."""

    id: int
    source: str
    key_id: int
    identifier: str | None


def customer_by_identifier(
    *, workspace_id: int, source: str, identifier: str
) -> CustomerRecord | None:
    """Return the customer with this identifier in a source; None if unknown."""
    mark = mark_of("person", source, identifier)
    row = Person.objects.filter(workspace_id=workspace_id, source=source, mark=mark).first()
    return None if row is None else _record(row)


def customer_typed(*, workspace_id: int, typed: str) -> CustomerRecord | None:
    """Return the customer whom a source knows exactly as typed, or as source:identifier; or None.

    Customers who were erased are unknown.
    """
    source, _colon, identifier = typed.partition(":")
    names = [(source, identifier)]
    names += dict.fromkeys((batch.source, typed) for batch in batches(workspace_id=workspace_id))
    for source, identifier in names:
        found = customer_by_identifier(
            workspace_id=workspace_id, source=source, identifier=identifier
        )
        if found is not None and found.identifier is not None:
            return found
    return None


def customers_known_as(
    *, workspace_id: int, identifier: str, sources: Iterable[str]
) -> list[CustomerRecord]:
    """Return the customers whom any of these sources knows under exactly this identifier."""
    found = (
        customer_by_identifier(workspace_id=workspace_id, source=source, identifier=identifier)
        for source in dict.fromkeys(sources)
    )
    return [one for one in found if one is not None and one.identifier is not None]


def customer_by_number(*, workspace_id: int, number: int) -> CustomerRecord | None:
    """Return a customer by number; None if unknown."""
    row = Person.objects.filter(workspace_id=workspace_id, id=number).first()
    return None if row is None else _record(row)


def is_erased(*, workspace_id: int, source: str, identifier: str) -> bool:
    """Return whether the customer with this identifier was erased, even if never recorded."""
    return mark_of("person", source, identifier) in erased_marks(workspace_id=workspace_id)


def erased_among(numbers: Iterable[int]) -> frozenset[int]:
    """Return which of these customers were erased."""
    rows = Person.objects.filter(one_of("id", set(numbers)))
    marks = {number: (there, bytes(mark)) for number, there, mark in rows.values_list(
        "id", "workspace_id", "mark")}  # fmt: skip
    erased = {
        there: erased_marks(workspace_id=there) for there in {one for one, _ in marks.values()}
    }
    return frozenset(number for number, (there, mark) in marks.items() if mark in erased[there])


def _record(row: Person) -> CustomerRecord:
    """Return the record of a customer, with the identifier decrypted."""
    words = read_words([row.name_words_id]) if row.name_words_id is not None else {}
    return CustomerRecord(row.pk, row.source, row.key_id, words.get(row.name_words_id or 0))


def masked_identifiers(*, workspace_id: int, numbers: Iterable[int]) -> dict[int, str]:
    """Return the identifiers of customers as members read them; erased ones are left out."""
    rows = Person.objects.filter(workspace_id=workspace_id, id__in=set(numbers))
    words = {number: one or 0 for number, one in rows.values_list("id", "name_words_id")}
    found = read_masked(words.values())
    return {number: found[one] for number, one in words.items() if one in found}


def identifiers_of(*, workspace_id: int, numbers: Iterable[int]) -> dict[int, str]:
    """Return the identifiers of customers in their sources; erased ones are left out."""
    rows = Person.objects.filter(one_of("id", set(numbers)), workspace_id=workspace_id)
    words = {number: one or 0 for number, one in rows.values_list("id", "name_words_id")}
    found = read_words(words.values())
    return {number: found[one] for number, one in words.items() if one in found}


def known_customers(
    *, workspace_id: int, source: str, identifiers: Iterable[str]
) -> dict[str, int]:
    """Return the numbers of customers by the identifiers of a source; unknown ones are left out."""
    names = {mark_of("person", source, name): name for name in identifiers}
    rows = fetch_rows(
        statement("customers", "persons_by_mark"),
        {"marks": list(names), "workspace": workspace_id, "source": source},
    )
    return {names[mark]: person_id for mark, person_id, *_ in rows}


def all_links(
    *, workspace_id: int, of: Collection[int] | None = None, keys: Collection[str] = ()
) -> list[LinkRecord]:
    """Return all links, whenever they hold; the newest of a learner, guardian and contract counts.

    Links with somebody who was erased are left out. `of`: links of these, and of contracts `keys`.
    """
    names = tuple(field.name for field in fields(LinkRecord))
    rows = PersonLink.objects.filter(workspace_id=workspace_id).order_by("id").values_list(*names)
    if of is not None:
        some = Q(one_of("learner_id", of)) | Q(one_of("guardian_id", of))
        rows = rows.filter(some | Q(one_of("contract_key", keys)) if keys else some)
    newest = {row[:3]: LinkRecord(*row) for row in rows}
    marks = erased_marks(workspace_id=workspace_id) if newest else frozenset()
    there = Person.objects.filter(workspace_id=workspace_id) if marks else Person.objects.none()
    erased = set(there.filter(one_of("mark", marks)).values_list("id", flat=True))
    return [one for one in newest.values() if not erased & {one.learner_id, one.guardian_id}]


def guardians_alone(*, workspace_id: int, persons: Mapping[int, int]) -> frozenset[int]:
    """Return which persons are known as guardians and never as learners.

    `persons`: all customers who are these persons, and which person each is.
    """
    rows = PersonLink.objects.filter(workspace_id=workspace_id)
    found = [
        {persons[one] for one in rows.filter(one_of(end, persons)).values_list(end, flat=True)}
        for end in ("guardian_id", "learner_id")
    ]
    return frozenset(found[0] - found[1])


def learners_among(*, workspace_id: int, numbers: Collection[int]) -> frozenset[int]:
    """Return which customers ever had a guardian, also one who was erased."""
    rows = PersonLink.objects.filter(one_of("learner_id", numbers), workspace_id=workspace_id)
    return frozenset(rows.values_list("learner_id", flat=True))


def person_links(
    *, workspace_id: int, on: date, of: Collection[int] | None = None
) -> list[LinkRecord]:
    """Return the links that hold on a day.

    A guardian of two learners has two links: whoever counts payers counts them once per contract.
    """
    return [one for one in all_links(workspace_id=workspace_id, of=of) if one.holds(on)]


def person_keys(*, workspace_id: int, numbers: Iterable[int]) -> dict[int, int]:
    """Return the numbers of the keys under which words of customers are sealed."""
    rows = Person.objects.filter(one_of("id", numbers), workspace_id=workspace_id)
    return dict(rows.values_list("id", "key_id"))


def known_alike(*, workspace_id: int, numbers: Iterable[int], source: str) -> dict[int, int]:
    """Return, by number, the customer whom another source knows under the same identifier."""
    rows = Person.objects.filter(one_of("id", numbers), workspace_id=workspace_id)
    lies = {number: at for number, at in rows.values_list("id", "name_words_id") if at is not None}
    words = read_words(lies.values())
    named = {number: words[at] for number, at in lies.items() if at in words}
    there = known_customers(workspace_id=workspace_id, source=source, identifiers=named.values())
    return {number: there[name] for number, name in named.items() if name in there}


def known_to(*, source: str, numbers: Iterable[int]) -> frozenset[int]:
    """Return which of these customers are of a source."""
    rows = Person.objects.filter(one_of("id", numbers), source=source)
    return frozenset(rows.values_list("id", flat=True))


def payers(links: Iterable[LinkRecord]) -> set[tuple[int, str]]:
    """Return each guardian of each contract, once; who is linked to none pays for none."""
    return {(one.guardian_id, one.contract_key) for one in links if one.contract_key}
