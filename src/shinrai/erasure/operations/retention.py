"""Erases the words of cases that ended long ago; their counts, figures and steps stay.

A case is due when it is ended and nothing was added to it for the months that its workspace says.
Its words are deleted as rows. A key under which no case is in use any more is destroyed with all
that lies under it, the customer's name and rows set aside among it, and a new one takes its place,
for they may come back. Under a key still in use the deleted rows stay readable to whoever has both
the master key and the database's old files or log.
"""

from collections import defaultdict
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import F

from shinrai.accounts.operations.audit import record_action, record_run
from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import forget_names
from shinrai.desk.operations.open_cases import is_following
from shinrai.erasure.operations.persons import ImportUnderWay
from shinrai.importers.run.lock import import_lock
from shinrai.ledger.operations.cases import replace_case_keys
from shinrai.ledger.queries import batches
from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.locks import lock_in_transaction
from shinrai.postgres.statements import statement
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.privacy.operations import (
    RetentionRecord,
    delete_words,
    keep_retention,
    note_retention,
    overwrite_keys,
    renew_keys,
    retention_of,
)
from shinrai.privacy.rules.retention import checked_months, months_before
from shinrai.units.text import Text

TOGETHER: Final = 200  # cases of one transaction, each with a lock
FETCHED: Final = 5_000
SHOWN: Final = 10_000  # a preview counts no further
EVER: Final = datetime(1900, 1, 1, tzinfo=UTC)
_Due = tuple[int, int]  # the key of a case and its number


@dataclass(frozen=True)
class RetentionPreview:
    """How many cases would lose their words in the next run: `SHOWN` or more if not `is_all`."""

    before: datetime
    cases: int
    is_all: bool


def set_retention(*, workspace_id: int, months: int | None, at: datetime, by: str) -> None:
    """Say for how many months words of ended cases stay; None: until they are erased by hand.

    Raises: BadRetention.
    """
    with transaction.atomic():
        keep_retention(
            workspace_id=workspace_id,
            months=None if months is None else checked_months(months),
            at=at,
        )
        record_action(
            workspace_id=workspace_id,
            what="set retention",
            subject=f"workspace:{workspace_id}",
            reason="" if months is None else f"{months}",
            at=at,
            by=by,
        )


def preview(*, workspace_id: int, months: int, at: datetime) -> RetentionPreview:
    """Return how many cases would lose their words if this period were set now.

    Raises: BadRetention.
    """
    before = months_before(at, checked_months(months))
    count = 0
    kept = retention_of(workspace_id=workspace_id)
    with transaction.atomic(), closing(_due(workspace_id, kept, before)) as due:
        for some in due:
            count += len(_words([case_id for _, case_id in some]))
            if count >= SHOWN:
                return RetentionPreview(before, SHOWN, is_all=False)
    return RetentionPreview(before, count, is_all=True)


def erase_old_words(*, workspace: WorkspaceRecord, at: datetime) -> int:
    """Erase the words of cases that are newly due; return how many cases lost any.

    In small transactions: what is done stays done, and a run that was cut off is taken up by the
    next one. Raises: RetryLater while an import is under way.
    """
    kept = retention_of(workspace_id=workspace.id)
    if kept is None:
        return 0
    before = months_before(at, kept.months)
    with transaction.atomic():
        upto = oldest_running_transaction()
        due = sorted(one for some in _due(workspace.id, kept, before) for one in some)
    is_destroyed = False
    try:
        for start in range(0, len(due), TOGETHER):
            some, rest = due[start : start + TOGETHER], due[start + TOGETHER : start + TOGETHER + 1]
            unfinished = {key_id for key_id, _ in rest}
            is_destroyed |= _erase(workspace.id, some, unfinished, before, at)
    finally:
        if is_destroyed:
            overwrite_keys()
    with transaction.atomic():
        done = retention_of(workspace_id=workspace.id) or kept  # taken back meanwhile
        note_retention(
            workspace_id=workspace.id,
            erased_before=before,
            upto=upto,
            ran_at=at,
            ran_cases=done.begun_cases,
            begun_cases=0,
        )
        record_run(
            workspace_id=workspace.id,
            what="erase old words",
            lines=done.begun_cases,
            at=at,
            by="schedule",
        )
    return done.begun_cases


def _erase(
    workspace_id: int, some: Sequence[_Due], unfinished: set[int], before: datetime, at: datetime
) -> bool:
    """Erase the words of some cases, and the keys that nothing needs; tell whether any were.

    The cases of a key come together: of one that goes on in the next part, more is to come.
    """
    with ExitStack() as held:
        for source in sorted({one.source for one in batches(workspace_id=workspace_id)}):
            held.enter_context(import_lock(workspace_id, source))
        if is_following(workspace_id=workspace_id):
            raise ImportUnderWay(
                Text("an import has just ended; which of its cases are open is being written")
            )
        held.enter_context(transaction.atomic())
        for case_id in sorted(case_id for _, case_id in some):
            lock_in_transaction(f"case:{case_id}")  # nobody reopens one meanwhile
        still = _ended(workspace_id, [case_id for _, case_id in some], before)
        words = _words([case_id for _, case_id in still])
        delete_words(words_ids={words_id for of_case in words.values() for words_id in of_case})
        keys = {key_id for key_id, _ in still} - unfinished
        given = {"keys": sorted(keys), "until": before}
        keys -= {key_id for (key_id,) in fetch_rows(statement("erasure", "keys_in_use"), given)}
        new = renew_keys(workspace_id=workspace_id, key_ids=sorted(keys), at=at)
        replace_case_keys(keys=new)
        forget_names(keys=new)
        note_retention(workspace_id=workspace_id, begun_cases=F("begun_cases") + len(words))
    return bool(keys)


def _due(
    workspace_id: int, kept: RetentionRecord | None, before: datetime
) -> Generator[list[_Due], None, None]:
    """Yield the cases that became due since the last run. Must run in a transaction."""
    given: dict[str, Any] = {
        "workspace": workspace_id,
        "since": (kept and kept.erased_before) or EVER,
        "until": before,
        "upto": kept.upto if kept else 0,
    }
    known: set[int] = set()
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement("erasure", "cases_that_may_be_due"), given)
        while rows := cursor.fetchmany(FETCHED):
            new = {case_id for (case_id,) in rows} - known
            known |= new
            yield _ended(workspace_id, sorted(new), before)


def _ended(workspace_id: int, case_ids: Sequence[int], before: datetime) -> list[_Due]:
    given = {"workspace": workspace_id, "cases": case_ids, "until": before}
    return list(fetch_rows(statement("erasure", "cases_ended_before"), given))


def _words(case_ids: Sequence[int]) -> dict[int, set[int]]:
    """Return the texts that are still there, by their case; cases without any are left out."""
    found: dict[int, set[int]] = defaultdict(set)
    for case_id, words_id in fetch_rows(
        statement("erasure", "words_of_cases"), {"cases": case_ids}
    ):
        found[case_id].add(words_id)
    return dict(found)
