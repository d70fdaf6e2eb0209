"""How an objective stands at a moment: its counts, budget, verdicts and due clocks.

For now, it reads the counts per day in PostgreSQL (`warehouse.day_counts`); for a span of dates,
the published tables; for a past moment, or as known at one, it computes the clocks from steps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import groupby

import numpy as np

from shinrai.ledger.queries import case_keys, has_steps_after
from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.models import Objective, Verdict
from shinrai.objectives.queries.alarms import StoredAlarm, stored_alarms
from shinrai.objectives.queries.clocks import Clocks, Freshness, clocks_of
from shinrai.objectives.queries.judges import Judge, judges_of
from shinrai.objectives.queries.published import PublishedClocks, recent_clocks
from shinrai.objectives.rules.alarms import known_since
from shinrai.objectives.rules.counts import WindowCounts, count_window
from shinrai.objectives.rules.forecast import due_without_pauses
from shinrai.objectives.rules.standing import Standing, standing, told_since
from shinrai.objectives.rules.states import (
    NOT_STARTED,
    STATES,
    ClockTable,
    Codes,
    State,
    joined,
    states_at,
)
from shinrai.objectives.rules.windows import WindowSpan, window_at
from shinrai.units.errors import UserError
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.text import Text
from shinrai.warehouse.store import Warehouse

DAY = timedelta(days=1)


class UnknownObjective(UserError, LookupError):
    """No such objective in this workspace."""


@dataclass(frozen=True, slots=True)
class DueLine:
    """One clock due in the window: a square in the drawn budget, a row in the table."""

    case_id: int
    case_key: str
    index: int
    state: State
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True)
class DueClocks:
    """Clocks due in a window and started by a moment, by due moment; without their cases' keys."""

    table: ClockTable
    codes: Codes
    at: datetime

    def states(self) -> list[State]:
        """Return their states, in the order of the table."""
        return [STATES[code] for code in self.codes.tolist()]

    def lines(self) -> tuple[DueLine, ...]:
        """Return them as lines with the keys of their cases, read from PostgreSQL."""
        table, at = self.table, self.at
        named = case_keys(table.case_id.tolist())
        columns = zip(
            table.case_id.tolist(),
            table.index.tolist(),
            self.codes.tolist(),
            table.started_us.tolist(),
            table.due_us.tolist(),
            table.stopped_us.tolist(),
            strict=True,
        )
        lines = [
            DueLine(
                case_id=case_id,
                case_key=named[case_id],
                index=index,
                state=STATES[code],
                started_at=from_us(started),
                due_at=from_us(due),
                stopped_at=from_us(stopped) if stopped > 0 and from_us(stopped) <= at else None,
            )
            for case_id, index, code, started, due, stopped in columns
        ]
        return tuple(sorted(lines, key=lambda line: (line.due_at, line.case_key)))


@dataclass(frozen=True)
class ObjectiveReport:
    """Everything shown about an objective at a moment; `lines` reads case keys on first use."""

    standing: Standing
    due: DueClocks
    verdicts: tuple["FrozenVerdict", ...]
    freshness: Freshness
    known: datetime | None

    @cached_property
    def lines(self) -> tuple[DueLine, ...]:
        """Return the clocks due in the window, by due moment and case key."""
        return self.due.lines()


@dataclass(frozen=True, slots=True)
class FrozenVerdict:
    """The counts and the result of a window, as stored when it closed."""

    version: int
    window: WindowSpan
    kept: int
    missed: int
    exempt: int
    is_met: bool | None
    frozen_at: datetime


def objective_names(*, workspace_id: int) -> list[str]:
    """List the names of a workspace's objectives."""
    rows = Objective.objects.filter(workspace_id=workspace_id).order_by("name")
    return list(rows.values_list("name", flat=True))


def objective_judges(*, workspace_id: int, name: str) -> list[Judge]:
    """Return an objective's versions as judges, oldest first.

    Raises: UnknownObjective.
    """
    judges = judges_of(workspace_id=workspace_id, name=name)
    if not judges:
        there = objective_names(workspace_id=workspace_id)
        raise UnknownObjective(
            Text(
                "there is no objective {name!r} here; there is: {there}",
                name=name,
                there=", ".join(there) or Text("none yet", context="objectives"),
            )
        )
    return judges


def objective_report(
    *,
    workspace_id: int,
    name: str,
    at: datetime,
    warehouse: Warehouse,
    known: datetime | None = None,
    span: WindowSpan | None = None,
) -> ObjectiveReport:
    """Return how an objective stands at a moment, by what is known now or was known at `known`.

    Without `known` and `span` the rows kept per day in PostgreSQL are read, else the published
    clocks in Delta. If there are steps after the moment, or `known` is given, clocks are computed
    from steps: a later pause may have moved due moments since.
    Raises: UnknownObjective.
    """
    judges = objective_judges(workspace_id=workspace_id, name=name)
    if known is None and span is None:
        recent = recent_reports(workspace_id, [judges], at)
        if recent is not None:
            return recent[0]
    clocks = clocks_of(workspace_id, judges, warehouse, at=at, known=known)
    return report_of(judges, clocks, at=at, known=known, span=span)


def all_reports(
    *, workspace_id: int, at: datetime, warehouse: Warehouse
) -> Sequence[ObjectiveReport]:
    """Return how every objective of a workspace stands at a moment, in no order."""
    every = judges_of(workspace_id=workspace_id)
    objectives = [list(of) for _, of in groupby(every, key=lambda judge: judge.objective_id)]
    recent = recent_reports(workspace_id, objectives, at)
    if recent is not None:
        return recent
    return [
        report_of(judges, clocks_of(workspace_id, judges, warehouse, at=at, known=None), at=at)
        for judges in objectives
    ]


def recent_reports(
    workspace_id: int, objectives: Sequence[Sequence[Judge]], at: datetime
) -> list[ObjectiveReport] | None:
    """Return reports from the rows the worker keeps per day, read once for all; None if it cannot.

    It cannot if anything is not counted yet, or if there are steps after the moment. `objectives`
    are the versions of each as judges, oldest first.
    """
    if not objectives:
        return []
    ids = [judges[-1].objective_id for judges in objectives]
    alarms = stored_alarms(objective_ids=ids)
    if len(alarms) < len(ids) or has_steps_after(workspace_id=workspace_id, at=at):
        return None
    windows = (window_at(judges[-1].objective.window, at) for judges in objectives)
    since = min(told_since(window, at) for window in windows) - DAY
    found = recent_clocks(workspace_id=workspace_id, objective_ids=ids, since=since.date())
    if found is None:
        return None
    verdicts = _verdicts(ids)
    return [
        report_of(
            judges,
            ([found[number].of_version(judge.number) for judge in judges], _source(found[number])),
            at=at,
            stored=alarms[number],
            verdicts=verdicts.get(number, ()),
        )
        for number, judges in zip(ids, objectives, strict=True)
    ]


def _source(found: PublishedClocks) -> Freshness:
    read_at = found.fresh.at if found.fresh else None
    return Freshness({CLOCKS.name: found.version}, read_at, from_steps=False)


def report_of(
    judges: Sequence[Judge],
    clocks: Clocks,
    *,
    at: datetime,
    known: datetime | None = None,
    span: WindowSpan | None = None,
    stored: StoredAlarm | None = None,
    verdicts: "tuple[FrozenVerdict, ...] | None" = None,
) -> ObjectiveReport:
    """Return how an objective stands, by clocks already read, over a span or its own window.

    If `stored` is given, the clocks may be only the recent ones; `verdicts` None: they are read.
    """
    tables, freshness = clocks
    newest = judges[-1]
    span = span or window_at(newest.objective.window, at)
    stands = standing(
        newest.objective,
        [(judge.objective.target, table) for judge, table in zip(judges, tables, strict=True)],
        version=newest.number,
        known_since=stored.known_since if stored else known_since(tables, at),
        at=at,
        due_of=due_without_pauses(newest.definition, newest.years(at.year - 1, at.year)),
        zone=newest.zone_at(at),
        span=span,
        alarm=stored.alarm if stored else None,
    )
    return ObjectiveReport(
        standing=stands,
        due=due_between(tables, span, at),
        verdicts=_verdicts([newest.objective_id]).get(newest.objective_id, ())
        if verdicts is None
        else verdicts,
        freshness=freshness,
        known=known,
    )


def window_counts(
    *,
    workspace_id: int,
    name: str,
    spans: Sequence[WindowSpan],
    at: datetime,
    warehouse: Warehouse,
) -> tuple[list[WindowCounts], Freshness]:
    """Count each of several windows of an objective at a moment; its clocks are read once.

    Raises: UnknownObjective.
    """
    judges = objective_judges(workspace_id=workspace_id, name=name)
    tables, freshness = clocks_of(workspace_id, judges, warehouse, at=at, known=None)
    counts = [
        sum((count_window(table, span, at) for table in tables), WindowCounts()) for span in spans
    ]
    return counts, freshness


def due_between(tables: Sequence[ClockTable], span: WindowSpan, at: datetime) -> DueClocks:
    """Return the clocks of some tables that are due in a span, with their states at a moment."""
    first, last = epoch_us(span.start), epoch_us(span.end)
    table = joined([one.where((one.due_us >= first) & (one.due_us < last)) for one in tables])
    codes = states_at(table, at)
    order = np.argsort(table.due_us, kind="stable")
    order = order[codes[order] != NOT_STARTED]
    return DueClocks(table.where(order), codes[order], at)


def verdict_count(*, workspace_id: int) -> int:
    """Count the frozen verdicts of a workspace; a cached answer is outdated once it changes."""
    return Verdict.objects.filter(version__objective__workspace_id=workspace_id).count()


def _verdicts(objective_ids: Sequence[int]) -> dict[int, tuple[FrozenVerdict, ...]]:
    """Return the frozen verdicts of some objectives, the latest window first."""
    rows = Verdict.objects.filter(version__objective_id__in=objective_ids)
    found: dict[int, list[FrozenVerdict]] = {}
    for row in rows.select_related("version").order_by("-window_from", "-frozen_at"):
        found.setdefault(row.version.objective_id, []).append(
            FrozenVerdict(
                version=row.version.number,
                window=WindowSpan(row.window_from, row.window_until, finished=True),
                kept=row.kept,
                missed=row.missed,
                exempt=row.exempt,
                is_met=row.is_met,
                frozen_at=row.frozen_at,
            )
        )
    return {number: tuple(mine) for number, mine in found.items()}
