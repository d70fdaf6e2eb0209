"""Caches reconciliations that still hold, for pages that are viewed one after the other.

Reading thousands of cases takes seconds. A result holds until an import of the workspace begins or
ceases to count, or a step is appended in it; the ledger is queried for both at every view. A step
whose transaction is still running may be missed until that ends.
"""

from dataclasses import dataclass

from django.db import transaction

from shinrai.calendars.queries import calendars
from shinrai.importers.queries import ImportRecord, imports
from shinrai.importers.reconciliation.queries import Reconciliation, reconcile
from shinrai.ledger.facts import changed_cases
from shinrai.postgres.transactions import oldest_running_transaction

MOST_CACHED = 4


@dataclass(frozen=True)
class _Entry:
    basis: object
    upto: int
    found: Reconciliation


_cache: dict[int, _Entry] = {}


def cached_reconciliation(record: ImportRecord) -> Reconciliation:
    """Return an import's reconciliation, computed again only if its data has changed.

    Raises: what `reconcile` raises.
    """
    basis = _basis(record.workspace_id)
    upto, held = _cached(record, basis)
    if held is not None:
        return held
    found = reconcile(batch_id=record.id)
    while len(_cache) >= MOST_CACHED:
        _cache.pop(next(iter(_cache)))
    _cache[record.id] = _Entry(basis, upto, found)
    return found


def reconciliation_in_cache(record: ImportRecord) -> Reconciliation | None:
    """Return an import's reconciliation if it is cached and still holds; otherwise None."""
    return _cached(record, _basis(record.workspace_id))[1] if record.id in _cache else None


def _cached(record: ImportRecord, basis: object) -> tuple[int, Reconciliation | None]:
    with transaction.atomic():
        upto = oldest_running_transaction()
        held = _cache.get(record.id)
        holds = held is not None and held.basis == basis and not _changed(record, held.upto, upto)
    return upto, held.found if held is not None and holds else None


def _basis(workspace_id: int) -> object:
    counting = tuple((one.id, one.state) for one in imports(workspace_id=workspace_id))
    hours = tuple((one.name, one.digest) for one in calendars(workspace_id=workspace_id))
    return counting, hours


def _changed(record: ImportRecord, since: int, upto: int) -> bool:
    found = changed_cases(since=since, upto=upto)
    return any(case.workspace_id == record.workspace_id for case in found)
