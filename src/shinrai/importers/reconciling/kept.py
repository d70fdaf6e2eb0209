"""Reconciliations that were computed a moment ago and still hold, for pages that are turned over.

Walking thousands of cases takes seconds. What was found holds until an import of the workspace
begins or ceases to count, or a step is appended in it; both are asked of the ledger at every view.
A step whose transaction is not decided yet may be missed until it is.
"""

from dataclasses import dataclass

from django.db import transaction

from shinrai.books.following import decided_upto
from shinrai.calendars.queries import calendars
from shinrai.importers.queries import ImportRecord, imports
from shinrai.importers.reconciling.reconciliation import Reconciliation, reconcile
from shinrai.ledger.facts import changed_cases

MOST_KEPT = 4


@dataclass(frozen=True)
class _Kept:
    basis: object
    upto: int
    found: Reconciliation


_kept: dict[int, _Kept] = {}


def kept_reconciliation(record: ImportRecord) -> Reconciliation:
    """Give an import's reconciliation, computed anew only if something it rests on changed.

    Raises: what `reconcile` raises.
    """
    basis = _basis(record.workspace_id)
    upto, held = _held(record, basis)
    if held is not None:
        return held
    found = reconcile(batch_id=record.id)
    while len(_kept) >= MOST_KEPT:
        _kept.pop(next(iter(_kept)))
    _kept[record.id] = _Kept(basis, upto, found)
    return found


def held_reconciliation(record: ImportRecord) -> Reconciliation | None:
    """Give an import's reconciliation if it was computed before and still holds."""
    return _held(record, _basis(record.workspace_id))[1] if record.id in _kept else None


def _held(record: ImportRecord, basis: object) -> tuple[int, Reconciliation | None]:
    with transaction.atomic():
        upto = decided_upto()
        held = _kept.get(record.id)
        holds = held is not None and held.basis == basis and not _changed(record, held.upto, upto)
    return upto, held.found if held is not None and holds else None


def _basis(workspace_id: int) -> object:
    counting = tuple((one.id, one.state) for one in imports(workspace_id=workspace_id))
    hours = tuple((one.name, one.digest) for one in calendars(workspace_id=workspace_id))
    return counting, hours


def _changed(record: ImportRecord, since: int, upto: int) -> bool:
    found = changed_cases(since=since, upto=upto)
    return any(case.workspace_id == record.workspace_id for case in found)
