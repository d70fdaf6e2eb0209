"""An objective's clocks at a moment: published ones, or computed from steps if needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from shinrai.inquiries.queries import all_inquiries, inquiries_of
from shinrai.investigations.queries import all_investigations, investigations_of
from shinrai.ledger.queries import cases_under_way, has_steps_after
from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.models import Clock
from shinrai.objectives.queries.judges import Judge, spans_by_judge
from shinrai.objectives.queries.published import published_clocks
from shinrai.objectives.rules.states import ClockTable, joined
from shinrai.units.moments import epoch_us
from shinrai.warehouse.store import Warehouse


@dataclass(frozen=True)
class Freshness:
    """The source of figures: table versions, and up to when the steps were read into them."""

    table_versions: dict[str, int]
    read_at: datetime | None
    from_steps: bool


Clocks = tuple[list[ClockTable], Freshness]  # a table a version


def clocks_of(
    workspace_id: int,
    judges: Sequence[Judge],
    warehouse: Warehouse,
    *,
    at: datetime,
    known: datetime | None,
) -> Clocks:
    """Return the clocks of every version of an objective.

    They are read from the published table, or computed from steps if `known` is given, if there are
    steps after the moment, or if nothing is published, as just after an objective was first saved.
    """
    if known is None:
        published = _published(workspace_id, judges, warehouse)
        is_new = not any(map(len, published[0])) and _has_clocks(judges)
        if not is_new and not has_steps_after(workspace_id=workspace_id, at=at):
            return published
        if not is_new and published[1].read_at is not None:
            return _as_of(workspace_id, judges, published, at)
    tables = _from_steps(workspace_id, judges, at=at, known=known)
    return tables, Freshness({}, None, from_steps=True)


def _has_clocks(judges: Sequence[Judge]) -> bool:
    rows = Clock.objects.filter(objective_id=judges[-1].objective_id, gone=False)
    return rows.exists()


def _published(workspace_id: int, judges: Sequence[Judge], warehouse: Warehouse) -> Clocks:
    found = published_clocks(
        workspace_id=workspace_id, objective_id=judges[-1].objective_id, warehouse=warehouse
    )
    freshness = Freshness(
        {CLOCKS.name: found.version}, found.fresh.at if found.fresh else None, from_steps=False
    )
    return [found.of_version(judge.number) for judge in judges], freshness


def _as_of(
    workspace_id: int,
    judges: Sequence[Judge],
    published: Clocks,
    at: datetime,
) -> Clocks:
    """Return the published clocks as they were at a moment; only cases open then are recomputed.

    A case without steps after the moment is unchanged since; the others are replayed from steps.
    """
    tables, fresh = published
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
    return found, Freshness(fresh.table_versions, fresh.read_at, from_steps=True)


def _from_steps(
    workspace_id: int, judges: Sequence[Judge], *, at: datetime, known: datetime | None
) -> list[ClockTable]:
    record = judges[-1].record
    walk = all_investigations if record == "investigation" else all_inquiries
    cases = walk(workspace_id=workspace_id, until=at, known=known)
    return [judge.table(spans) for judge, spans in spans_by_judge(judges, cases)]
