"""A report for somebody who waits for a page: at most one is computed in a process at a time."""

from datetime import datetime
from threading import BoundedSemaphore, Lock
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.reports.queries.period import PeriodReport, is_at_hand, period_report
from shinrai.reports.rules.periods import Period
from shinrai.warehouse.store import Warehouse

PATIENCE_S: Final = 10.0
PLACES: Final = 3  # one computed and two that wait; the server's fourth thread is for other pages
_places = BoundedSemaphore(PLACES)
_turn = Lock()


def report_in_time(
    *,
    workspace: WorkspaceRecord,
    period: Period,
    at: datetime,
    warehouse: Warehouse,
) -> PeriodReport | None:
    """Give a report; None where others are computed for longer than somebody waits, or many wait.

    What is remembered or was counted before needs no turn.
    Raises: BadPeriod.
    """
    if is_at_hand(workspace=workspace, period=period, at=at, warehouse=warehouse):
        return period_report(workspace=workspace, period=period, at=at, warehouse=warehouse)
    if not _places.acquire(blocking=False):
        return None
    try:
        if not _turn.acquire(timeout=PATIENCE_S):
            return None
        try:
            return period_report(workspace=workspace, period=period, at=at, warehouse=warehouse)
        finally:
            _turn.release()
    finally:
        _places.release()
