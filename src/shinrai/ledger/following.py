"""Following the ledger: which cases changed, by the transactions that changed them."""

from collections.abc import Iterable, Iterator
from contextlib import closing
from typing import Any, NamedTuple

from django.db import connection

from shinrai.accounts.queries import rezoned_workspaces
from shinrai.books.statements import statement
from shinrai.ledger.models import BatchCompletion, BatchWithdrawal, Case

FETCHED = 10_000


class ChangedCase(NamedTuple):
    """A case that reads otherwise than before; `parent_id` is the inquiry of an investigation."""

    workspace_id: int
    record: str
    id: int
    parent_id: int | None


def changed_cases(*, since: int, upto: int) -> Iterator[ChangedCase]:
    """List the cases that transactions from `since` to below `upto` changed, by workspace and id.

    Changed is a case to which a person appended a step, or in which a batch has steps that was
    completed or withdrawn; and every case of a workspace whose time zone changed, for its dates are
    others now. `upto` comes from `books.following.decided_upto`. The rows stay on the server; needs
    a transaction.
    """
    given: dict[str, Any] = {
        "since": since,
        "upto": upto,
        "batches": _changed_batches(since, upto),
        "rezoned": rezoned_workspaces(since=since, upto=upto),
    }
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement("ledger", "changed_cases"), given)
        while some := cursor.fetchmany(FETCHED):
            yield from (ChangedCase(*row) for row in some)


def _changed_batches(since: int, upto: int) -> list[int]:
    lived = {"written_in__gte": since, "written_in__lt": upto}
    begun = BatchCompletion.objects.filter(**lived).values_list("batch_id", flat=True)
    ended = BatchWithdrawal.objects.filter(**lived).values_list("batch_id", flat=True)
    return sorted({*begun, *ended})


def investigations_under(ids: Iterable[int]) -> dict[int, list[int]]:
    """Find the investigations that belong to some inquiries, by the inquiry."""
    found: dict[int, list[int]] = {}
    rows = Case.objects.filter(parent_id__in=list(ids), record="investigation").order_by("id")
    for parent_id, case_id in rows.values_list("parent_id", "id"):
        found.setdefault(parent_id, []).append(case_id)
    return found
