"""Undo an import: withdraw a complete one, or give up one that was never completed."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from shinrai.desk.operations.open_cases import request_following
from shinrai.importers.models import Observation, QuarantinedRow, Run
from shinrai.importers.queries import ImportRecord, import_record
from shinrai.importers.rules.observation.packed_rows import words_in
from shinrai.importers.run.lock import import_lock
from shinrai.importers.run.withdraw import derive_again
from shinrai.ledger.operations.batches import unknown_batch, withdraw_batch
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.postgres.queue import request_refresh
from shinrai.privacy.operations import delete_words, destroy_key
from shinrai.units.errors import UserError
from shinrai.units.text import Text

if TYPE_CHECKING:
    from shinrai.warehouse.store import Warehouse


class AlreadyComplete(UserError, ValueError):
    """An import is complete: it can be undone, but not given up."""


@dataclass(frozen=True)
class UndoReport:
    """What undoing an import changed: its cases, and the steps and corrections appended."""

    batch: int
    cases: int
    steps: int
    corrected: int


def undo_import(*, batch_id: int, reason: str, at: datetime, by: str) -> UndoReport:
    """Withdraw an import: its steps and rows no longer count, those of other imports do again.

    Raises: UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn, RetryLater.
    """
    found = _import_record(batch_id)
    with import_lock(found.workspace_id, found.source), transaction.atomic():
        withdraw_batch(batch_id=batch_id, reason=reason, at=at, by=by)
        undone = derive_again(record=found, at=at)
        refresh_clocks(workspace_id=found.workspace_id, case_ids=undone.cases)
        request_following()
        request_refresh()
    return UndoReport(batch_id, len(undone.cases), undone.steps, undone.corrected)


def withdraw_import(
    *, batch_id: int, reason: str, warehouse: "Warehouse", at: datetime, by: str
) -> UndoReport:
    """Withdraw an import and publish the clocks that changed.

    Raises: UnknownBatch, BatchNotComplete, BatchAlreadyWithdrawn, RetryLater.
    """
    from shinrai.objectives.operations.catching_up import catch_up  # slow to load

    undone = undo_import(batch_id=batch_id, reason=reason, at=at, by=by)
    catch_up(warehouse=warehouse, at=at)
    return undone


def give_up_import(*, batch_id: int, at: datetime) -> None:
    """Give up an import that was begun and never completed: delete what it observed.

    Raises: UnknownBatch, AlreadyComplete, RetryLater.
    """
    found = _import_record(batch_id)
    if found.completed_at is not None:
        raise AlreadyComplete(
            Text(
                "import {batch_id} is complete; take it back: shinrai import undo {batch_id}",
                batch_id=batch_id,
            ),
        )
    with import_lock(found.workspace_id, found.source), transaction.atomic():
        own = Observation.objects.filter(batch_id=batch_id)
        words = words_in(own.values_list("words", flat=True))
        cases = set(own.values_list("case_id", flat=True))
        own.delete()
        others = Observation.objects.filter(case_id__in=cases)
        delete_words(words_ids=words - words_in(others.values_list("words", flat=True)))
        QuarantinedRow.objects.filter(batch_id=batch_id).delete()
        for run in Run.objects.filter(batch_id=batch_id):
            destroy_key(workspace_id=found.workspace_id, key_id=run.key_id)
            run.discarded_at = at
            run.save(update_fields=["discarded_at"])


def _import_record(batch_id: int) -> ImportRecord:
    found = import_record(batch_id)
    if found is None:
        raise unknown_batch(batch_id)
    return found
