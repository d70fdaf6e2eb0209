"""The cases that fact tables are made of: which there are, which changed, which were under way."""

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


@dataclass(frozen=True)
class LedgerCases:
    """The cases of one record, or of both, as `warehouse.fact_table.CaseSource`.

    `by_children`: a case also changes by what happens to an investigation about it.
    """

    record: str | None = None
    by_children: bool = False

    def changed(self, *, since: int, upto: int) -> Iterator[tuple[int, int]]:
        """List (workspace, case) of what transactions from `since` to below `upto` changed."""
        for case in changed_cases(since=since, upto=upto):
            if self.record in (None, case.record):
                yield case.workspace_id, case.id
            elif self.by_children and case.parent_id is not None:
                yield case.workspace_id, case.parent_id

    def of_workspace(self, workspace_id: int) -> list[int]:
        """List every case of a workspace in the order of their numbers."""
        return sorted(cases_of(workspace_id=workspace_id, record=self.record))

    def moved(self, workspace_id: int, *, at: datetime) -> set[int]:
        """List the cases that are otherwise at a moment than now, though they had begun by then."""
        moved = set(cases_under_way(workspace_id=workspace_id, at=at, record=self.record))
        if self.by_children:
            moved.update(parents_changed_after(workspace_id=workspace_id, at=at))
        return moved

    def is_ahead(self, workspace_id: int, *, at: datetime) -> bool:
        """Tell whether a step that counts happened after a moment."""
        return has_steps_after(workspace_id=workspace_id, at=at)


@dataclass(frozen=True)
class ZoneBasis:
    """Rest the rows of a workspace on its time zone alone."""

    workspace_id: int
    zone: str

    @property
    def digest(self) -> str:
        """Name the zone: in another one, dates are others."""
        return self.zone


def zone_bases() -> dict[int, ZoneBasis]:
    """Give the time zone of every workspace."""
    return {there.id: ZoneBasis(there.id, there.zone) for there in workspaces()}
