"""Record customers by the identifiers that their source gives them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection, transaction

from shinrai.accounts.operations.audit import record_action, record_run
from shinrai.customers.models import Person, PersonLink
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.bulk import copy_in, reserve_ids
from shinrai.postgres.statements import statement
from shinrai.privacy.operations import erased_marks, make_keys, mark_of, open_keys, store_words
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LONGEST_LINK = 200


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


class UnusableLink(UserError, ValueError):
    """Two customers cannot be linked as it is asked."""


@dataclass(frozen=True)
class LinkRequest:
    """A link of a learner with a guardian under a contract, its dates, and how one knows."""

    workspace_id: int
    learner_id: int
    guardian_id: int
    contract_key: str
    since: date
    until: date | None
    proof: str


def link_persons(asked: LinkRequest, *, at: datetime, by: str) -> None:
    """Link a learner with a guardian; another link of the three replaces the one before.

    Raises: UnusableLink.
    """
    with transaction.atomic():
        _link(asked, at, by).save()
        subject = f"customer:{asked.learner_id}"
        record_action(
            workspace_id=asked.workspace_id, what="persons linked", subject=subject, at=at, by=by
        )


def link_all(*, workspace_id: int, asked: Iterable[LinkRequest], at: datetime, by: str) -> None:
    """Link many learners of a workspace with guardians; the audit says how many.

    Raises: UnusableLink.
    """
    rows = [_link(one, at, by) for one in asked]
    with transaction.atomic():
        PersonLink.objects.bulk_create(rows, batch_size=1000)
        record_run(workspace_id=workspace_id, what="persons linked", lines=len(rows), at=at, by=by)


def _link(asked: LinkRequest, at: datetime, by: str) -> PersonLink:
    proof, key = (
        " ".join(text.replace("\0", "").split()) for text in (asked.proof, asked.contract_key)
    )
    if not proof or max(len(proof), len(key)) > LONGEST_LINK:
        raise UnusableLink(
            Text("Say in at most {most} characters how one knows of the link.", most=LONGEST_LINK)
        )
    if asked.learner_id == asked.guardian_id:
        raise UnusableLink(Text("Nobody is their own guardian."))
    if asked.until is not None and asked.until <= asked.since:
        raise UnusableLink(Text("The link ends on {until}, before it begins.", until=asked.until))
    return PersonLink(
        workspace_id=asked.workspace_id,
        learner_id=asked.learner_id,
        guardian_id=asked.guardian_id,
        contract_key=key,
        since=asked.since,
        until=asked.until,
        proof=proof,
        recorded_at=at,
        by=by,
    )


def _plain(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


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
