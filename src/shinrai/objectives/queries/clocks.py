"""The clocks of an objective at a moment: published, or from the steps where these have moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np

from shinrai.inquiries.queries import all_inquiries, inquiries_of
from shinrai.investigations.queries import all_investigations, investigations_of
from shinrai.ledger.queries import cases_under_way, has_steps_after
from shinrai.objectives.queries.judges import Judge, spans_by_judge
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.states import ClockTable, Moments, joined
from shinrai.objectives.tables import CLOCKS
from shinrai.units.moments import epoch_us
from shinrai.warehouse.running import run
from shinrai.warehouse.store import Warehouse


@dataclass(frozen=True)
class Freshness:
    """Say where figures come from: table versions, and up to when the books had been read."""

    table_versions: dict[str, int]
    read_at: datetime | None
    from_steps: bool


Clocks = tuple[list[ClockTable], dict[int, str], Freshness]  # a table a version, cases' keys


def clocks_of(
    workspace_id: int,
    judges: Sequence[Judge],
    warehouse: Warehouse,
    *,
    at: datetime,
    known: datetime | None,
) -> Clocks:
    """Find the clocks of every version: published, unless the moment asks for the steps."""
    if known is None:
        published = _published(workspace_id, judges, warehouse)
        if not has_steps_after(workspace_id=workspace_id, at=at):
            return published
        if published[2].read_at is not None:
            return _as_of(workspace_id, judges, published, at)
    tables = _from_steps(workspace_id, judges, at=at, known=known)
    return tables, {}, Freshness({}, None, from_steps=True)


def _published(workspace_id: int, judges: Sequence[Judge], warehouse: Warehouse) -> Clocks:
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
    published: Clocks,
    at: datetime,
) -> Clocks:
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
