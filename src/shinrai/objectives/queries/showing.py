"""An objective with everything its page or a report shows besides its standing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

import yaml

from shinrai.objectives.models import Clock, ObjectiveVersion
from shinrai.objectives.queries.judges import Judge
from shinrai.objectives.queries.standings import (
    FrozenVerdict,
    ObjectiveReport,
    all_reports,
    objective_judges,
    objective_report,
)
from shinrai.objectives.rules.clocks import ClockRow
from shinrai.objectives.rules.counts import count_window
from shinrai.objectives.rules.definition import Objective
from shinrai.objectives.rules.document import read_objective
from shinrai.objectives.rules.states import clock_table
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.units.share import Share
from shinrai.warehouse.store import Warehouse

LATEST_VERDICTS = 12


@dataclass(frozen=True)
class SavedVersion:
    """One version of an objective's document: who saved it, and from when it judges."""

    number: int
    valid_from: datetime | None
    saved_at: datetime
    by: str
    document: Mapping[str, Any]

    @property
    def objective(self) -> Objective:
        """Return what the document says."""
        return read_objective(self.document, is_stored=True)

    @property
    def text(self) -> str:
        """Return the document as YAML, its fields in the order of the document."""
        text: str = yaml.safe_dump(dict(self.document), allow_unicode=True, sort_keys=False)
        return text


@dataclass(frozen=True)
class VerdictBeside:
    """A frozen verdict, and what is kept in the same window by today's data."""

    verdict: FrozenVerdict
    now: Share

    @property
    def frozen(self) -> Share:
        """Return the share of due clocks that were kept, as counted when the window closed."""
        return Share(self.verdict.kept, self.verdict.kept + self.verdict.missed)

    @property
    def differs(self) -> bool:
        """Return whether today's counts differ from the frozen ones."""
        return self.now != self.frozen


@dataclass(frozen=True)
class ShownObjective:
    """A standing with its definition, its versions and its past verdicts.

    `never_paused` is the share that would be kept if no clock had ever paused.
    """

    report: ObjectiveReport
    judge: Judge
    versions: tuple[SavedVersion, ...]
    verdicts: tuple[VerdictBeside, ...]
    never_paused: Share

    @property
    def name(self) -> str:
        """Return the objective's name, which its address contains."""
        return self.report.standing.objective.name


def shown_objectives(
    *, workspace_id: int, at: datetime, warehouse: Warehouse
) -> tuple[ObjectiveReport, ...]:
    """Return the report of every objective of a workspace, the worst first."""
    found = all_reports(workspace_id=workspace_id, at=at, warehouse=warehouse)
    return tuple(sorted(found, key=lambda report: report.standing.worst_first))


def shown_objective(
    *, workspace_id: int, name: str, at: datetime, warehouse: Warehouse
) -> ShownObjective:
    """Return one objective with its versions and latest verdicts, for its page.

    Raises: UnknownObjective.
    """
    report = objective_report(workspace_id=workspace_id, name=name, at=at, warehouse=warehouse)
    judges = objective_judges(workspace_id=workspace_id, name=name)
    closed = [v for v in report.verdicts if v.window.end <= at][:LATEST_VERDICTS]
    newest, span = judges[-1], report.standing.span
    now = _counted(newest.objective_id, [verdict.window for verdict in closed], at)
    return ShownObjective(
        report=report,
        judge=newest,
        versions=_versions(newest.objective_id),
        verdicts=tuple(VerdictBeside(v, now[v.window]) for v in closed),
        never_paused=never_paused_share(newest.objective_id, span, at),
    )


def newest_version(*, workspace_id: int, name: str) -> SavedVersion | None:
    """Return the newest version of an objective; None if there is none of this name."""
    rows = ObjectiveVersion.objects.filter(
        objective__workspace_id=workspace_id, objective__name=name
    )
    row = rows.order_by("-number").first()
    if row is None:
        return None
    return SavedVersion(row.number, row.valid_from, row.saved_at, row.by, row.document)


def definition_changes(*, workspace_id: int) -> list[tuple[datetime, str]]:
    """Return from when each later version of an objective judges, and the objective's name."""
    rows = ObjectiveVersion.objects.filter(objective__workspace_id=workspace_id, number__gt=1)
    found = rows.order_by("saved_at").values_list("valid_from", "saved_at", "objective__name")
    return [(valid_from or saved_at, name) for valid_from, saved_at, name in found]


def _versions(objective_id: int) -> tuple[SavedVersion, ...]:
    rows = ObjectiveVersion.objects.filter(objective_id=objective_id).order_by("-number")
    return tuple(
        SavedVersion(row.number, row.valid_from, row.saved_at, row.by, row.document) for row in rows
    )


def never_paused_share(objective_id: int, span: WindowSpan, at: datetime) -> Share:
    """Return the share a window would have kept if no clock had ever paused."""
    rows = _rows(objective_id, span.start, span.end, "due_without_pauses_at")
    table = clock_table([replace(row, due_at=row.due_without_pauses_at) for row in rows])
    return count_window(table, span, at).share


def _counted(
    objective_id: int, windows: Sequence[WindowSpan], at: datetime
) -> dict[WindowSpan, Share]:
    """Count closed windows again from the clocks in PostgreSQL; return the share kept in each."""
    if not windows:
        return {}
    first, last = min(w.start for w in windows), max(w.end for w in windows)
    table = clock_table(_rows(objective_id, first, last, "due_at"))
    return {window: count_window(table, window, at).share for window in windows}


def _rows(objective_id: int, start: datetime, end: datetime, by: str) -> list[ClockRow]:
    """Return the clocks due in [start, end) by the due moment named in `by`."""
    within = {f"{by}__gte": start, f"{by}__lt": end}
    rows = Clock.objects.filter(objective_id=objective_id, gone=False, **within)
    return [ClockRow(*row) for row in rows.values_list(*(f.name for f in fields(ClockRow)))]
