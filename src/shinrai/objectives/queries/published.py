"""The published clocks of an objective as columns."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

import numpy as np

from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.rules.clocks import NEVER
from shinrai.objectives.rules.states import ClockTable, Moments
from shinrai.warehouse.day_counts import DayNumbers, day_numbers
from shinrai.warehouse.fresh import Fresh
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse

NAME: Final = "objectives"
MOMENTS: Final = tuple(name for name in ClockTable.__slots__ if name != "spam")


@dataclass(frozen=True)
class PublishedClocks:
    """Clocks of an objective, the number of the version that judges each, and their source.

    `version` is that of the published table, `fresh` up to when it had read the steps.
    """

    table: ClockTable
    numbers: Moments
    version: int
    fresh: Fresh | None

    def of_version(self, number: int) -> ClockTable:
        """Return the clocks that one version of the objective judges."""
        mine = self.numbers == number
        return self.table if mine.all() else self.table.where(mine)


def published_clocks(
    *, workspace_id: int, objective_id: int, warehouse: Warehouse
) -> PublishedClocks:
    """Read all published clocks of an objective; for the worker and for past moments."""
    answer = run_all(
        warehouse,
        {"": _all()},
        tables=[CLOCKS],
        within={"workspace_id": workspace_id, "objective_id": objective_id},
    )[""]
    columns: dict[str, Any] = {name: _moments(answer.rows[name]) for name in MOMENTS}
    columns["spam"] = np.asarray(answer.rows["spam"].to_numpy(), np.bool_)
    return PublishedClocks(
        ClockTable(**columns),
        _moments(answer.rows["objective_version"]),
        answer.versions[CLOCKS.name],
        answer.fresh[CLOCKS.name],
    )


def recent_clocks(
    *, workspace_id: int, objective_ids: Collection[int], since: date
) -> dict[int, PublishedClocks] | None:
    """Read the clocks that started, were due or ended on or after a date, and unfinished ones.

    They are rows the worker stores per day, read once for all objectives; None if it has not stored
    any yet.
    """
    found = day_numbers(NAME, workspace_id=workspace_id, questions=("clocks",), since=since)
    if found is None:
        return None
    fill, numbers = found
    source = fill.versions[CLOCKS.name], fill.fresh[CLOCKS.name]
    return {
        objective_id: PublishedClocks(
            *_table(_of_objective(numbers["clocks"], objective_id)), *source
        )
        for objective_id in objective_ids
    }


def _of_objective(numbers: DayNumbers, objective_id: int) -> DayNumbers:
    return numbers.where("objective_id", objective_id) if len(numbers.key) else numbers


def _table(numbers: DayNumbers) -> tuple[ClockTable, Moments]:
    if not len(numbers.key):
        none = np.zeros(0, np.int64)
        columns: dict[str, Any] = dict.fromkeys(MOMENTS, none)
        return ClockTable(**columns, spam=none.astype(np.bool_)), none
    versions = np.array([one[1] for one in numbers.combinations], np.int64)[numbers.key]
    spam = np.array([one[2] for one in numbers.combinations], np.bool_)[numbers.key]
    return ClockTable(**{name: numbers[name] for name in MOMENTS}, spam=spam), versions


def _moments(column: Any) -> Moments:
    return np.asarray(column.fill_null(NEVER).to_numpy(), np.int64)


@lru_cache(maxsize=1)
def _all() -> Any:
    return CLOCKS.unbound().select("objective_version", *ClockTable.__slots__)
