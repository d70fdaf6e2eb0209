"""The cases fact tables are made of: all, those changed, and those in progress at a moment."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from shinrai.accounts.queries import rezoned_workspaces, workspaces
from shinrai.ledger.models import BatchCompletion, BatchWithdrawal
from shinrai.ledger.queries import (
    cases_of,
    cases_under_way,
    has_steps_after,
    parents_changed_after,
)
from shinrai.postgres.statements import statement

FETCHED = 10_000


class ChangedCase(NamedTuple):
    """A case that has changed; `parent_id` is the inquiry that an investigation is about."""

    workspace_id: int
    record: str
    id: int
    parent_id: int | None


def changed_cases(*, since: int, upto: int) -> Iterator[ChangedCase]:
    """Yield the cases that transactions from `since` to below `upto` changed, by workspace and id.

    A case has changed if a person appended a step, or if a batch with steps in it was completed or
    withdrawn. If a workspace's time zone changed, all its cases have, because their dates differ.
    `upto` comes from `postgres.transactions.oldest_running_transaction`. Must run in a transaction,
    because the rows are fetched piece by piece.
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


@dataclass(frozen=True)
class LedgerCases:
    """Implements `warehouse.fact_table.CaseSource` for inquiries, investigations or both.

    `record` is "inquiry" or "investigation"; None means both. With `by_children`, an inquiry also
    counts as changed when an investigation about it changes.
    """

    record: str | None = None
    by_children: bool = False

    def changed(self, *, since: int, upto: int) -> Iterator[tuple[int, int]]:
        """Yield (workspace, case) of each case changed by transactions since <= number < upto."""
        for case in changed_cases(since=since, upto=upto):
            if self.record in (None, case.record):
                yield case.workspace_id, case.id
            elif self.by_children and case.parent_id is not None:
                yield case.workspace_id, case.parent_id

    def of_workspace(self, workspace_id: int) -> list[int]:
        """Return every case of a workspace, ordered by number."""
        return sorted(cases_of(workspace_id=workspace_id, record=self.record))

    def moved(self, workspace_id: int, *, at: datetime) -> set[int]:
        """Return the cases that had begun by the moment `at` and have changed since."""
        moved = set(cases_under_way(workspace_id=workspace_id, at=at, record=self.record))
        if self.by_children:
            moved.update(parents_changed_after(workspace_id=workspace_id, at=at))
        return moved

    def is_ahead(self, workspace_id: int, *, at: datetime) -> bool:
        """Return whether a step that counts happened after the moment `at`."""
        return has_steps_after(workspace_id=workspace_id, at=at)


@dataclass(frozen=True)
class ZoneBasis:
    """A basis (`warehouse.fact_table.RowBasis`) for rows that depend only on the time zone."""

    workspace_id: int
    zone: str

    @property
    def digest(self) -> str:
        """Return the name of the time zone: in another zone, the dates of rows differ."""
        return self.zone


def zone_bases() -> dict[int, ZoneBasis]:
    """Return the `ZoneBasis` of every workspace, by its number."""
    return {there.id: ZoneBasis(there.id, there.zone) for there in workspaces()}
