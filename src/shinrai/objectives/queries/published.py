"""The published clocks of an objective as columns: read once, then brought forward by what is new.

They lie in the order in which alarms walk them (due moment, start, case, index). A snapshot never
changes; a newer version of the table makes another out of it, and only revisions newer than the
mark read before are looked at. A rebuilt table is read whole.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa

from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.states import ClockTable, Moments
from shinrai.warehouse.query import Answer, revisions_after, run_all
from shinrai.warehouse.store import Fresh, Warehouse, version_of, was_rebuilt

OBJECTIVES = 32  # whose clocks are kept in a process
MOST_CHANGED = 5  # one in so many changed: reading all is no slower
MOMENTS = tuple(name for name in ClockTable.__slots__ if name != "spam")
ORDER = ("due_us", "started_us", "case_id", "index")


@dataclass(frozen=True)
class PublishedClocks:
    """All clocks of an objective, the number of the version that judges each, and whence."""

    table: ClockTable
    numbers: Moments
    version: int
    fresh: Fresh | None

    def of_version(self, number: int) -> ClockTable:
        """Keep the clocks that one version of the objective judges."""
        mine = self.numbers == number
        return self.table if mine.all() else self.table.where(mine)


@dataclass
class _Kept:
    lock: Lock = field(default_factory=Lock)
    found: PublishedClocks | None = None


_kept: OrderedDict[tuple[str, int, int], _Kept] = OrderedDict()
_keeping = Lock()


def published_clocks(
    *, workspace_id: int, objective_id: int, warehouse: Warehouse
) -> PublishedClocks:
    """Give the clocks of an objective as they are published now."""
    key = (warehouse.root, workspace_id, objective_id)
    with _keeping:
        kept = _kept.setdefault(key, _Kept())
        _kept.move_to_end(key)
        while len(_kept) > OBJECTIVES:
            _kept.popitem(last=False)
    with kept.lock:
        found = kept.found
        if found is None or version_of(warehouse, CLOCKS) != found.version:
            kept.found = found = _forward(warehouse, workspace_id, objective_id, found)
        return found


def _forward(
    warehouse: Warehouse, workspace_id: int, objective_id: int, found: PublishedClocks | None
) -> PublishedClocks:
    if found is None or found.fresh is None:
        return _whole(warehouse, workspace_id, objective_id)
    if was_rebuilt(warehouse, CLOCKS, since=found.version):
        return _whole(warehouse, workspace_id, objective_id)
    answer = revisions_after(
        warehouse,
        CLOCKS,
        found.fresh.upto - 1,  # a clock's revision is the transaction that wrote it
        columns=("objective_version", *ClockTable.__slots__, "revision", "gone"),
        within={"workspace_id": workspace_id, "objective_id": objective_id},
    )
    version, fresh = answer.versions[CLOCKS.name], answer.fresh[CLOCKS.name]
    if len(answer.rows) * MOST_CHANGED > len(found.table):
        return _whole(warehouse, workspace_id, objective_id)
    if not len(answer.rows):
        return PublishedClocks(found.table, found.numbers, version, fresh)
    rows = _newest(answer.rows)
    table, numbers = _columns(rows)
    gone = np.asarray(rows["gone"].to_numpy(), np.bool_)
    kept = ~_same_clocks(found.table, table)
    there = found.table.where(kept)
    table, numbers_in = _in_order(table.where(~gone), numbers[~gone])
    places = _places(there, table)
    return PublishedClocks(
        ClockTable(
            *(
                np.insert(getattr(there, name), places, getattr(table, name))
                for name in ClockTable.__slots__
            )
        ),
        np.insert(found.numbers[kept], places, numbers_in),
        version,
        fresh,
    )


def _whole(warehouse: Warehouse, workspace_id: int, objective_id: int) -> PublishedClocks:
    answer = _ask(warehouse, workspace_id, objective_id, _all())
    table, numbers = _in_order(*_columns(answer.rows))
    return PublishedClocks(table, numbers, answer.versions[CLOCKS.name], answer.fresh[CLOCKS.name])


def _ask(warehouse: Warehouse, workspace_id: int, objective_id: int, expression: Any) -> Answer:
    return run_all(
        warehouse,
        {"": expression},
        tables=[CLOCKS],
        within={"workspace_id": workspace_id, "objective_id": objective_id},
    )[""]


@lru_cache(maxsize=1)
def _all() -> Any:
    return CLOCKS.unbound().select("objective_version", *ClockTable.__slots__)


def _newest(rows: pa.Table) -> pa.Table:
    """Keep the newest revision of each clock."""
    last = {
        pair: place
        for _, pair, place in sorted(
            zip(
                rows["revision"].to_pylist(),
                zip(rows["case_id"].to_pylist(), rows["index"].to_pylist(), strict=True),
                range(len(rows)),
                strict=True,
            )
        )
    }
    return rows.take(list(last.values()))


def _columns(rows: pa.Table) -> tuple[ClockTable, Moments]:
    columns: dict[str, Any] = {name: _moments(rows[name]) for name in MOMENTS}
    columns["spam"] = np.asarray(rows["spam"].to_numpy(), np.bool_)
    return ClockTable(**columns), _moments(rows["objective_version"])


def _moments(column: Any) -> Moments:
    return np.asarray(column.fill_null(NEVER).to_numpy(), np.int64)


def _in_order(table: ClockTable, numbers: Moments) -> tuple[ClockTable, Moments]:
    order = np.lexsort(tuple(getattr(table, name) for name in reversed(ORDER)))
    return (
        ClockTable(*(getattr(table, name)[order] for name in ClockTable.__slots__)),
        numbers[order],
    )


def _same_clocks(table: ClockTable, changed: ClockTable) -> Any:
    """Tell which clocks of a table are among those changed: of the same case and index."""
    found = np.isin(table.case_id, changed.case_id)
    pairs = set(zip(changed.case_id.tolist(), changed.index.tolist(), strict=True))
    places = np.flatnonzero(found)
    mine = zip(table.case_id[places].tolist(), table.index[places].tolist(), strict=True)
    found[places] = [pair in pairs for pair in mine]
    return found


def _places(table: ClockTable, new: ClockTable) -> list[int]:
    """Find where new clocks belong among those in order: by due moment, then as `ORDER` says."""
    found = []
    for wanted in zip(*(getattr(new, name).tolist() for name in ORDER), strict=True):
        first, last = 0, len(table)
        for name, value in zip(ORDER, wanted, strict=True):
            column = getattr(table, name)[first:last]
            ends = int(np.searchsorted(column, value, "right"))
            first, last = first + int(np.searchsorted(column, value)), first + ends
            if first == last:
                break
        found.append(first)
    return found
