"""Erases a person: what every store holds about them (privacy/stores.py), and its deletion."""

import json
import shutil
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.queries import CustomerRecord, customer_by_identifier, is_erased
from shinrai.delivery.outbox import erase_contents
from shinrai.erasure.rules.messages import StoreCount
from shinrai.importers.flatten.work_folder import orphan_folders, work_root
from shinrai.importers.models import QuarantinedRow, Run
from shinrai.importers.pull.spool import SpoolBusy, delete_pages, spool_folders, spool_root
from shinrai.importers.rules.cells import possible_keys, tidy
from shinrai.importers.run.errors import RetryLater
from shinrai.importers.run.lock import import_lock
from shinrai.importers.upload.inbox import waiting_folders
from shinrai.intake.operations.receipts import erase_bodies
from shinrai.ledger.queries import (
    CaseHead,
    batches,
    case_heads,
    cases_of_customer,
    investigations_under,
)
from shinrai.privacy.operations import (
    backups_end,
    delete_words,
    destroy_key,
    erase_person,
    make_keys,
    overwrite_keys,
    read_words,
    reencrypt_words,
    words_of,
)
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS, erase_properties, erase_set_aside

AT_ONCE = 2_000


class UnknownCustomer(UserError, LookupError):
    """No store holds anything about this person."""


class ImportUnderWay(RetryLater):
    """An import or a pull is using this workspace's texts."""


@dataclass(frozen=True)
class CustomerName:
    """A person, as one source of a workspace identifies them."""

    workspace: WorkspaceRecord
    source: str
    identifier: str


@dataclass(frozen=True)
class Erasure:
    """A person and what was found; `is_off_disk`: the database's log has no key of theirs.

    `backups_until`: when the last backup that still holds their words is deleted.
    """

    found: StoreCount
    customer: str | None
    backups_until: datetime | None
    is_off_disk: bool | None = None

    def as_json(self) -> dict[str, object]:
        """Return the erasure as a JSON object."""
        return {
            "customer": self.customer,
            "erased": self.is_off_disk is not None,
            "found": asdict(self.found),
            "off_disk": self.is_off_disk,
            "backups_until": self.backups_until,
        }


@dataclass(frozen=True)
class _Traces:
    """Where data about a person is stored."""

    customer: CustomerRecord | None
    cases: tuple[CaseHead, ...]
    set_aside: Mapping[int, frozenset[int]]  # words of rows, by their import
    folders: Mapping[str, tuple[Path, ...]]

    def keys(self) -> set[int]:
        """Return the customer's key, and those of investigations that have one of their own."""
        own = set() if self.customer is None else {self.customer.key_id}
        return own | {case.key_id for case in self.cases if case.key_id is not None}

    def found(self) -> StoreCount:
        """Return the counts for each store."""
        return StoreCount(
            cases=len(self.cases),
            words=sum(len(words_of(key_id=key_id)) for key_id in self.keys()),
            set_aside=sum(map(len, self.set_aside.values())),
            uploads=len(self.folders["uploads"]),
            pulled=len(self.folders["pulled"]),
            flat=len(self.folders["flat"]),
        )

    def as_erasure(self, at: datetime) -> Erasure:
        """Return what was found, before it is deleted."""
        number = None if self.customer is None else f"customer:{self.customer.id}"
        return Erasure(self.found(), number, backups_end(at=at))


def find_person(whom: CustomerName, *, at: datetime) -> Erasure:
    """Return what erasing this person would delete.

    Raises: UnknownCustomer.
    """
    return _traces(whom, at).as_erasure(at)


def erase(whom: CustomerName, *, at: datetime, by: str) -> Erasure:
    """Erase a person for good: key, texts, quarantined rows, and files that may hold any.

    Tombstones keep later imports from importing them again. Waiting files are deleted whatever is
    in them: they are copies, may be compressed or in any encoding, and can be uploaded again.

    Raises: UnknownCustomer, RetryLater.
    """
    workspace, source, identifier = whom.workspace, whom.source, whom.identifier
    with ExitStack() as held:
        for known in sorted({source, *(one.source for one in batches(workspace_id=workspace.id))}):
            held.enter_context(import_lock(workspace.id, known))
        traces = _traces(whom, at)
        told = traces.as_erasure(at)
        _delete_folders(traces)
        if traces.customer is not None and source == ACTORS:
            erase_properties(workspace_id=workspace.id, actor=traces.customer.id)
        with transaction.atomic():
            for batch_id, words in traces.set_aside.items():
                _forget_rows(workspace.id, batch_id, words, at)
            erase_contents(workspace_id=workspace.id)
            erase_bodies(workspace_id=workspace.id)
            erase_set_aside(workspace_id=workspace.id)
            for key_id in sorted(traces.keys()):
                destroy_key(workspace_id=workspace.id, key_id=key_id)
            erase_person(
                workspace_id=workspace.id,
                key_id=0 if traces.customer is None else traces.customer.key_id,
                source_keys=[
                    ("person", source, identifier),
                    *(("case", case.source, case.source_key) for case in traces.cases),
                ],
                at=at,
            )
            record_action(
                workspace_id=workspace.id,
                what="erase customer",
                subject=told.customer or "customer",
                at=at,
                by=by,
            )
    return replace(told, is_off_disk=overwrite_keys())


def _traces(whom: CustomerName, at: datetime) -> _Traces:
    workspace, source, identifier = whom.workspace, whom.source, whom.identifier
    customer = customer_by_identifier(
        workspace_id=workspace.id, source=source, identifier=identifier
    )
    cases = (
        cases_of_customer(workspace_id=workspace.id, number=customer.id)
        if customer is not None
        else ()
    )
    folders = {
        "uploads": waiting_folders(workspace_id=workspace.id, at=at),
        "pulled": spool_folders(spool_root(), workspace.slug),
        "flat": orphan_folders(work_root()),
    }
    rows = _rows_of(whom, {case.source_key for case in cases})
    gone = is_erased(workspace_id=workspace.id, source=source, identifier=identifier)
    if not rows and (customer is None or gone):
        raise _unknown(whom, is_erased=gone)
    return _Traces(customer, cases + _filed_about(cases), rows, folders)


def _filed_about(cases: tuple[CaseHead, ...]) -> tuple[CaseHead, ...]:
    """Return the investigations about these inquiries, filed before their customer was known."""
    below = investigations_under(case.id for case in cases)
    heads = case_heads(number for numbers in below.values() for number in numbers)
    return tuple(head for head in heads.values() if head.customer_id is None)


def _rows_of(whom: CustomerName, case_keys: set[str]) -> dict[int, frozenset[int]]:
    """Return by import the ids of the quarantined rows that belong to this person."""
    found: dict[int, set[int]] = defaultdict(set)
    rows = QuarantinedRow.objects.filter(batch__workspace_id=whom.workspace.id)
    lying = list(rows.values_list("words_id", "batch_id", "batch__source").order_by("id"))
    for begin in range(0, len(lying), AT_ONCE):
        some = lying[begin : begin + AT_ONCE]
        words = read_words(words_id for words_id, *_ in some)
        for words_id, batch_id, its_source in some:
            cases = case_keys if its_source == whom.source else set()
            if words_id in words and _is_of(words[words_id], whom.identifier, cases):
                found[batch_id].add(words_id)
    return {batch_id: frozenset(words) for batch_id, words in found.items()}


def _is_of(sealed: str, identifier: str, case_keys: set[str]) -> bool:
    try:
        document = json.loads(sealed)
        row, case = document["row"], document["case"]
    except (ValueError, TypeError, KeyError):  # set aside before cases were noted, or cut
        row, case = sealed, None
    names = possible_keys(row)
    who = tidy(identifier)
    if {who, who.lower()} & names or (len(who) >= 5 and who in tidy(row)):
        return True
    return case in case_keys if case is not None else not case_keys.isdisjoint(names)


def _forget_rows(workspace_id: int, batch_id: int, words: frozenset[int], at: datetime) -> None:
    """Delete quarantined rows, and encrypt the others with a new key: the old one is destroyed."""
    delete_words(words_ids=words)
    for run in Run.objects.filter(batch_id=batch_id):
        [(key_id, key)] = make_keys(workspace_id=workspace_id, count=1, at=at)
        reencrypt_words(words_ids=words_of(key_id=run.key_id), key_id=key_id, key=key)
        destroy_key(workspace_id=workspace_id, key_id=run.key_id)
        run.key_id = key_id
        run.save(update_fields=["key_id"])


def _delete_folders(traces: _Traces) -> None:
    """Delete waiting files. Raises: ImportUnderWay if a pull is using its pages."""
    try:
        for folder in traces.folders["pulled"]:
            delete_pages(folder)
    except SpoolBusy as error:
        raise ImportUnderWay(error.text) from error
    for folder in (*traces.folders["uploads"], *traces.folders["flat"]):
        shutil.rmtree(folder, ignore_errors=True)


def _unknown(whom: CustomerName, *, is_erased: bool) -> UnknownCustomer:
    who, workspace = f"{whom.source}:{whom.identifier}", whom.workspace
    if is_erased:
        return UnknownCustomer(
            Text("{who} is erased already; nothing is left of them", who=who),
        )
    sources = ", ".join(sorted({one.source for one in batches(workspace_id=workspace.id)})) or "—"
    return UnknownCustomer(
        Text(
            "nobody in {slug} is known as {who}; give SOURCE:KEY as the source writes "
            "it. Sources imported from: {sources}",
            slug=workspace.slug,
            who=who,
            sources=sources,
        ),
    )
