"""Record customers by the identifiers that their source gives them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from shinrai.customers.models import Person
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.bulk import copy_in, reserve_ids
from shinrai.postgres.statements import statement
from shinrai.privacy.operations import erased_marks, make_keys, mark_of, open_keys, store_words


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer who is not erased: the number, and the key that encrypts their words."""

    id: int
    key_id: int
    key: bytes


def record_customers(
    *, workspace_id: int, source: str, identifiers: Sequence[str], at: datetime
) -> dict[str, KnownCustomer]:
    """Return customers by identifier, recording new ones; those that were erased are left out."""
    wanted = {name: mark_of("person", source, name) for name in dict.fromkeys(identifiers)}
    erased = erased_marks(workspace_id=workspace_id)
    rows = fetch_rows(
        statement("customers", "persons_by_mark"),
        {"marks": list(wanted.values()), "workspace": workspace_id, "source": source},
    )
    found = {mark: (person_id, key_id) for mark, person_id, key_id, _ in rows}
    unnamed = {mark for mark, *_, name_words_id in rows if name_words_id is None}
    keys = open_keys(key_id for _, key_id in found.values())
    known: dict[str, KnownCustomer] = {}
    new: dict[str, bytes] = {}
    for name, mark in wanted.items():
        if mark in erased:
            continue
        if mark in found:
            person_id, key_id = found[mark]
            if key_id in keys:
                known[name] = KnownCustomer(person_id, key_id, keys[key_id])
                if mark in unnamed:  # went when the words of all their cases did; they are back
                    [words_id] = store_words([(key_id, keys[key_id], name)])
                    Person.objects.filter(pk=person_id).update(name_words_id=words_id)
        else:
            new[name] = mark
    known |= _record(workspace_id=workspace_id, source=source, marks=new, at=at)
    return known


def forget_names(*, keys: Mapping[int, int]) -> None:
    """Give the customers with old keys the new ones, without their names, which went with the old.

    Whoever comes back is known by the mark, and named again.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement("customers", "forget_names"), [list(keys), list(keys.values())])


def _record(
    *, workspace_id: int, source: str, marks: Mapping[str, bytes], at: datetime
) -> dict[str, KnownCustomer]:
    keys = make_keys(workspace_id=workspace_id, count=len(marks), at=at)
    ids = reserve_ids("customers_person", len(marks))
    words = store_words(
        [(key_id, key, name) for (key_id, key), name in zip(keys, marks, strict=True)]
    )
    copy_in(
        "customers_person",
        ("id", "workspace_id", "source", "mark", "key_id", "name_words_id"),
        (
            (person_id, workspace_id, source, mark, key_id, words_id)
            for person_id, mark, (key_id, _), words_id in zip(
                ids, marks.values(), keys, words, strict=True
            )
        ),
    )
    return {
        name: KnownCustomer(person_id, key_id, key)
        for person_id, name, (key_id, key) in zip(ids, marks, keys, strict=True)
    }
