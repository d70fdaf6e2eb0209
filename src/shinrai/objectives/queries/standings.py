"""How an objective stands: from its published clocks, or from the steps as of an earlier moment."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from shinrai.inquiries.queries import all_inquiries, inquiries_of
from shinrai.investigations.queries import all_investigations, investigations_of
from shinrai.ledger.queries import case_heads, cases_under_way, has_steps_after
from shinrai.objectives.models import Objective, Verdict
from shinrai.objectives.queries.judges import Judge, judges_of, spans_by_judge
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.counts import WindowCounts, count_window
from shinrai.objectives.rules.forecast import due_without_pauses
from shinrai.objectives.rules.standing import Standing, standing
from shinrai.objectives.rules.states import (
    NOT_STARTED,
    STATES,
    ClockTable,
    Moments,
    State,
    joined,
    states_at,
)
from shinrai.objectives.rules.windows import WindowSpan, window_at
from shinrai.objectives.tables import CLOCKS
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.wording import SaidInBoth
from shinrai.warehouse.running import run
from shinrai.warehouse.store import Warehouse


class UnknownObjective(SaidInBoth, LookupError):
    """No such objective in this workspace."""


@dataclass(frozen=True)
class Freshness:
    """Say where figures come from: table versions, and up to when the books had been read."""

    table_versions: dict[str, int]
    read_at: datetime | None
    from_steps: bool


@dataclass(frozen=True, slots=True)
class DueLine:
    """One clock due in the window: a square in the budget row, a row in the table."""

    case_id: int
    case_key: str
    index: int
    state: State
    started_at: datetime
    due_at: datetime
    stopped_at: datetime | None


@dataclass(frozen=True)
class ObjectiveReport:
    """Everything said of an objective at a moment."""

    standing: Standing
    lines: tuple[DueLine, ...]
    verdicts: tuple["FrozenVerdict", ...]
    freshness: Freshness
    known: datetime | None


@dataclass(frozen=True, slots=True)
class FrozenVerdict:
    """How a window stood when it closed."""

    version: int
    window: WindowSpan
    kept: int
    missed: int
    exempt: int
    is_met: bool | None
    frozen_at: datetime


def objective_names(*, workspace_id: int) -> list[str]:
    """List a workspace's objectives."""
    rows = Objective.objects.filter(workspace_id=workspace_id).order_by("name")
    return list(rows.values_list("name", flat=True))


def objective_judges(*, workspace_id: int, name: str) -> list[Judge]:
    """Find an objective's versions, oldest first.

    Raises: UnknownObjective.
    """
    judges = judges_of(workspace_id=workspace_id, name=name)
    if not judges:
        there = ", ".join(objective_names(workspace_id=workspace_id))
        raise UnknownObjective(
            f"there is no objective {name!r} here; there is: {there or 'none yet'}",
            f"目標「{name}」はここにありません。登録済みの目標: {there or 'まだありません'}",
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
    """Say how an objective stands at a moment, as known now or at another.

    What happened after the moment may have moved due times since (a pause that began later), so a
    moment before the last step, or a `known`, is answered from the steps (of cases under way then,
    where clocks are published); else from the published clocks.
    Raises: UnknownObjective.
    """
    judges = objective_judges(workspace_id=workspace_id, name=name)
    tables, keys, freshness = _clocks(workspace_id, judges, warehouse, at=at, known=known)
    newest = judges[-1]
    span = span or window_at(newest.objective.window, at)
    stands = standing(
        newest.objective,
        [(judge.objective.target, table) for judge, table in zip(judges, tables, strict=True)],
        version=newest.number,
        known_since=_known_since(tables, at),
        at=at,
        due_of=due_without_pauses(newest.definition, newest.years(at.year - 1, at.year)),
        zone=newest.zone_at(at),
        span=span,
    )
    lines = [line for table in tables for line in _lines(table, span, at, keys)]
    return ObjectiveReport(
        standing=stands,
        lines=tuple(sorted(lines, key=lambda line: (line.due_at, line.case_key))),
        verdicts=_verdicts(newest.objective_id),
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
    tables, _, freshness = _clocks(workspace_id, judges, warehouse, at=at, known=None)
    counts = [
        sum((count_window(table, span, at) for table in tables), WindowCounts()) for span in spans
    ]
    return counts, freshness


def _clocks(
    workspace_id: int,
    judges: Sequence[Judge],
    warehouse: Warehouse,
    *,
    at: datetime,
    known: datetime | None,
) -> tuple[list[ClockTable], dict[int, str], Freshness]:
    """Find the clocks of every version: published, unless the moment asks for the steps."""
    if known is None:
        published = _published(workspace_id, judges, warehouse)
        if not has_steps_after(workspace_id=workspace_id, at=at):
            return published
        if published[2].read_at is not None:
            return _as_of(workspace_id, judges, published, at)
    tables = _from_steps(workspace_id, judges, at=at, known=known)
    return tables, {}, Freshness({}, None, from_steps=True)


def _known_since(tables: Iterable[ClockTable], at: datetime) -> datetime:
    starts = [int(table.started_us.min()) for table in tables if len(table)]
    return from_us(min(starts)) if starts else at


def _published(
    workspace_id: int, judges: Sequence[Judge], warehouse: Warehouse
) -> tuple[list[ClockTable], dict[int, str], Freshness]:
    clocks = CLOCKS.unbound()
    wanted = clocks.filter(clocks.objective_id == judges[-1].objective_id)
    answer = run(warehouse, wanted, tables=[CLOCKS], within={"workspace_id": workspace_id})
    rows = answer.rows
    numbers = rows["objective_version"].to_numpy()
    whole = ClockTable(
        case_id=_moments(rows["case_id"]),
        index=_moments(rows["index"]),
        started_us=_moments(rows["started_us"]),
        stopped_us=_moments(rows["stopped_us"]),
        due_us=_moments(rows["due_us"]),
        cancelled_us=_moments(rows["cancelled_us"]),
        spam=np.asarray(rows["spam"].to_numpy(), np.bool_),
        exempted_us=_moments(rows["exempted_us"]),
        open_s=_moments(rows["open_s"]),
        paused_open_s=_moments(rows["paused_open_s"]),
    )
    keys = dict(zip(whole.case_id.tolist(), rows["case_key"].to_pylist(), strict=True))
    fresh = answer.fresh[CLOCKS.name]
    freshness = Freshness(dict(answer.versions), fresh.at if fresh else None, from_steps=False)
    return [whole.where(numbers == judge.number) for judge in judges], keys, freshness


def _as_of(
    workspace_id: int,
    judges: Sequence[Judge],
    published: tuple[list[ClockTable], dict[int, str], Freshness],
    at: datetime,
) -> tuple[list[ClockTable], dict[int, str], Freshness]:
    """Take the published clocks as they stood at a moment: cost follows what was under way then.

    A case without steps after the moment stands as it stood; only the others are replayed.
    """
    tables, keys, fresh = published
    record = judges[-1].record
    ids = cases_under_way(workspace_id=workspace_id, at=at, record=record)
    replayed = investigations_of if record == "investigation" else inquiries_of
    cases = replayed(ids, workspace_id=workspace_id, until=at)
    under_way = np.array(ids, np.int64)
    found = [
        joined(
            [
                table.where(
                    (table.started_us <= epoch_us(at)) & ~np.isin(table.case_id, under_way)
                ),
                judge.table(spans),
            ]
        )
        for table, (judge, spans) in zip(tables, spans_by_judge(judges, cases.items()), strict=True)
    ]
    return found, keys, Freshness(fresh.table_versions, fresh.read_at, from_steps=True)


def _moments(column: Any) -> Moments:
    return np.asarray(column.fill_null(NEVER).to_numpy(), np.int64)


def _from_steps(
    workspace_id: int, judges: Sequence[Judge], *, at: datetime, known: datetime | None
) -> list[ClockTable]:
    record = judges[-1].record
    walk = all_investigations if record == "investigation" else all_inquiries
    cases = walk(workspace_id=workspace_id, until=at, known=known)
    return [judge.table(spans) for judge, spans in spans_by_judge(judges, cases)]


def _lines(
    table: ClockTable, span: WindowSpan, at: datetime, keys: dict[int, str]
) -> Iterable[DueLine]:
    inside = (table.due_us >= epoch_us(span.start)) & (table.due_us < epoch_us(span.end))
    some = table.where(inside)
    codes = states_at(some, at)
    missing = [case_id for case_id in some.case_id.tolist() if case_id not in keys]
    named = {**keys, **{i: head.source_key for i, head in case_heads(missing).items()}}
    columns = zip(
        some.case_id.tolist(),
        some.index.tolist(),
        codes.tolist(),
        some.started_us.tolist(),
        some.due_us.tolist(),
        some.stopped_us.tolist(),
        strict=True,
    )
    for case_id, index, code, started, due, stopped in columns:
        if code != NOT_STARTED:
            yield DueLine(
                case_id=case_id,
                case_key=named[case_id],
                index=index,
                state=STATES[code],
                started_at=from_us(started),
                due_at=from_us(due),
                stopped_at=from_us(stopped) if stopped > 0 and from_us(stopped) <= at else None,
            )


def _verdicts(objective_id: int) -> tuple[FrozenVerdict, ...]:
    rows = Verdict.objects.filter(version__objective_id=objective_id).select_related("version")
    return tuple(
        FrozenVerdict(
            version=row.version.number,
            window=WindowSpan(row.window_from, row.window_until, finished=True),
            kept=row.kept,
            missed=row.missed,
            exempt=row.exempt,
            is_met=row.is_met,
            frozen_at=row.frozen_at,
        )
        for row in rows.order_by("-window_from", "-frozen_at")
    )
