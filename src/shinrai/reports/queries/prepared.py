"""Read prepared reports, and find out whether they are current."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.initiatives.queries.records import step_count
from shinrai.objectives.queries.standings import verdict_count
from shinrai.quality.facts.ground import ground_of
from shinrai.reports.models import PreparedReport
from shinrai.reports.queries.period import TABLES, span_of
from shinrai.reports.rules.periods import Period
from shinrai.warehouse.store import Warehouse, version_of

STANDS: Final = timedelta(minutes=15)  # of a period that is not over


@dataclass(frozen=True)
class ShownReport:
    """A prepared report in one language, and whether it is still current."""

    at: datetime
    is_empty: bool
    from_steps: bool
    versions: dict[str, int]
    title: str
    lines: list[dict[str, Any]]
    front: str
    body: str
    markdown: str
    is_current: bool


def shown_report(
    *,
    workspace: WorkspaceRecord,
    period: Period,
    language: str,
    at: datetime,
    warehouse: Warehouse,
) -> ShownReport | None:
    """Return a prepared report; None if it was never prepared.

    Raises: BadPeriod.
    """
    row = _row(workspace, period)
    if row is None:
        span_of(workspace, period, at)
        return None
    return ShownReport(
        at=row.at,
        is_empty=row.is_empty,
        from_steps=row.from_steps,
        versions=row.versions,
        **row.parts[language],
        is_current=_stands(row, workspace, period, at, warehouse),
    )


def prepared_part(*, workspace_id: int, period: Period, language: str) -> dict[str, Any] | None:
    """Return the words of a prepared report in a language; None if it was never prepared."""
    row = PreparedReport.objects.filter(
        workspace_id=workspace_id, kind=period.kind, first=period.first, last=period.last
    ).first()
    return None if row is None else dict(row.parts[language])


def is_current(
    *, workspace: WorkspaceRecord, period: Period, at: datetime, warehouse: Warehouse
) -> bool:
    """Return whether a report is prepared and current."""
    row = _row(workspace, period)
    return row is not None and _stands(row, workspace, period, at, warehouse)


def rests_on(
    *, workspace: WorkspaceRecord, period: Period, at: datetime, warehouse: Warehouse
) -> dict[str, Any]:
    """Return everything a report depends on; if it differs, the report must be prepared again.

    Raises: BadPeriod.
    """
    return {
        "versions": {table.name: version_of(warehouse, table) for table in TABLES},
        "ground": ground_of(workspace).digest,
        "verdicts": verdict_count(workspace_id=workspace.id),
        "events": [one.id for one in declared_events(workspace_id=workspace.id)],
        "initiatives": step_count(workspace),
        "is_over": span_of(workspace, period, at).finished,
        "program": version("shinrai"),
    }


def _row(workspace: WorkspaceRecord, period: Period) -> PreparedReport | None:
    return PreparedReport.objects.filter(
        workspace_id=workspace.id, kind=period.kind, first=period.first, last=period.last
    ).first()


def _stands(
    row: PreparedReport,
    workspace: WorkspaceRecord,
    period: Period,
    at: datetime,
    warehouse: Warehouse,
) -> bool:
    now = rests_on(workspace=workspace, period=period, at=at, warehouse=warehouse)
    return row.rests_on == now and (now["is_over"] or at - row.prepared_at < STANDS)
