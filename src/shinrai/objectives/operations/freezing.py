"""Freeze the verdict of every closed window: its counts then, unchanged by later corrections."""

from datetime import datetime

from django.db import transaction

from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.models import Clock, Objective, Verdict
from shinrai.objectives.queries.judges import Judge
from shinrai.objectives.queries.standings import objective_judges, window_counts
from shinrai.objectives.rules.verdict import Verdict as FrozenNow
from shinrai.objectives.rules.verdict import freeze
from shinrai.objectives.rules.windows import CalendarWindow, windows_between
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.unknown import Unknown
from shinrai.warehouse.kept_versions import keep_version
from shinrai.warehouse.store import Warehouse


def freeze_closed_windows(*, warehouse: Warehouse, at: datetime) -> int:
    """Freeze the windows closed by a moment that have no verdict yet; return how many.

    Windows closed long before an import are frozen when its clocks are first published. A window in
    which nothing was due gets no verdict. Rolling windows never close. The published table version
    a verdict was computed from is kept as long as the verdict.
    """
    frozen = 0
    for objective_id, workspace_id, name in Objective.objects.values_list(
        "id", "workspace_id", "name"
    ):
        with transaction.atomic():
            lock_in_transaction(f"freeze:{objective_id}")
            frozen += _freeze(warehouse, objective_id, workspace_id, name, at)
    return frozen


def _freeze(
    warehouse: Warehouse, objective_id: int, workspace_id: int, name: str, at: datetime
) -> int:
    judges = objective_judges(workspace_id=workspace_id, name=name)
    judge = judges[-1]
    window = judge.objective.window
    if not isinstance(window, CalendarWindow) or any(judge.is_partial for judge in judges):
        return 0
    done = Verdict.objects.filter(version__objective_id=objective_id)
    known = set(done.values_list("window_from", "window_until"))
    first = _first_due(objective_id)
    if first is None:
        return 0
    spans = [
        span
        for span in windows_between(window, first, at, at=at)
        if span.finished and (span.start, span.end) not in known
    ]
    if not spans:
        return 0
    counted, freshness = window_counts(
        workspace_id=workspace_id, name=name, spans=spans, at=at, warehouse=warehouse
    )
    verdicts = [
        freeze(
            objective=name,
            version=judge.number,
            span=span,
            target=judge.objective.target,
            counts=counts,
            table_versions=freshness.table_versions,
            at=at,
        )
        for span, counts in zip(spans, counted, strict=True)
    ]
    verdicts = [verdict for verdict in verdicts if verdict.share.of]
    for verdict in verdicts:
        _save(verdict, judge, at)
    if verdicts and CLOCKS.name in freshness.table_versions:
        keep_version(
            warehouse,
            CLOCKS,
            freshness.table_versions[CLOCKS.name],
            why=f"verdict of {name} from {verdicts[-1].span.start:%Y-%m-%d}",
            at=at,
        )
    return len(verdicts)


def _save(verdict: FrozenNow, judge: Judge, at: datetime) -> None:
    is_met = verdict.is_met
    Verdict.objects.create(
        version_id=judge.version_id,
        mode=judge.definition.mode,
        window_from=verdict.span.start,
        window_until=verdict.span.end,
        kept=verdict.kept,
        missed=verdict.missed + verdict.overdue,
        exempt=verdict.exempt,
        is_met=None if isinstance(is_met, Unknown) else is_met,
        frozen_at=at,
        table_versions=dict(verdict.table_versions),
    )


def _first_due(objective_id: int) -> datetime | None:
    rows = Clock.objects.filter(objective_id=objective_id, gone=False, due_at__isnull=False)
    return rows.order_by("due_at").values_list("due_at", flat=True).first()
