"""Freeze the verdict of every window that has closed: the headline, whatever is learned later."""

from datetime import datetime

from django.db import transaction

from shinrai.books.locks import wait_in_transaction
from shinrai.objectives.models import Clock, Objective, Verdict
from shinrai.objectives.queries.standings import objective_judges, objective_report
from shinrai.objectives.rules.verdict import freeze
from shinrai.objectives.rules.windows import CalendarWindow, windows_between
from shinrai.objectives.tables import CLOCKS
from shinrai.units.unknown import Unknown
from shinrai.warehouse.keeping import keep_version
from shinrai.warehouse.store import Warehouse


def freeze_closed_windows(*, warehouse: Warehouse, at: datetime) -> int:
    """Freeze windows that closed before a moment and have no verdict yet; answer how many.

    What an import brings about windows long closed is frozen at its first publication: nothing was
    known when they closed. A window in which nothing fell due has no verdict. Rolling windows never
    close. The published version a verdict was computed from is kept for as long as the verdict.
    """
    frozen = 0
    for objective_id, workspace_id, name in Objective.objects.values_list(
        "id", "workspace_id", "name"
    ):
        with transaction.atomic():
            wait_in_transaction(f"freeze:{objective_id}")
            frozen += _freeze(warehouse, objective_id, workspace_id, name, at)
    return frozen


def _freeze(
    warehouse: Warehouse, objective_id: int, workspace_id: int, name: str, at: datetime
) -> int:
    judge = objective_judges(workspace_id=workspace_id, name=name)[-1]
    window = judge.objective.window
    if not isinstance(window, CalendarWindow):
        return 0
    done = Verdict.objects.filter(version__objective_id=objective_id)
    known = set(done.values_list("window_from", "window_until"))
    first = _first_due(objective_id)
    if first is None:
        return 0
    frozen = 0
    for span in windows_between(window, first, at, at=at):
        if not span.finished or (span.start, span.end) in known:
            continue
        report = objective_report(
            workspace_id=workspace_id, name=name, at=at, warehouse=warehouse, span=span
        )
        verdict = freeze(
            objective=name,
            version=judge.number,
            span=span,
            target=judge.objective.target,
            counts=report.standing.counts,
            table_versions=report.freshness.table_versions,
            at=at,
        )
        if not verdict.share.of:
            continue
        is_met = verdict.is_met
        Verdict.objects.create(
            version_id=judge.version_id,
            mode=judge.definition.mode,
            window_from=span.start,
            window_until=span.end,
            kept=verdict.kept,
            missed=verdict.missed + verdict.overdue,
            exempt=verdict.exempt,
            is_met=None if isinstance(is_met, Unknown) else is_met,
            frozen_at=at,
            table_versions=dict(verdict.table_versions),
        )
        if CLOCKS.name in verdict.table_versions:
            keep_version(
                warehouse,
                CLOCKS,
                verdict.table_versions[CLOCKS.name],
                why=f"verdict of {name} from {span.start:%Y-%m-%d}",
                at=at,
            )
        frozen += 1
    return frozen


def _first_due(objective_id: int) -> datetime | None:
    rows = Clock.objects.filter(objective_id=objective_id, gone=False, due_at__isnull=False)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()
