"""Alarms that suit small numbers: a CUSUM over clocks in order of their due moments."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

import numpy as np

from shinrai.objectives.rules.states import STATES, ClockTable, states_at
from shinrai.statistics.cusum import CusumPlan, cusum_plan, run_cusum
from shinrai.units.moments import epoch_us, from_us
from shinrai.units.unknown import Unknown

YEAR = timedelta(days=365)
SHORTEST_RECORD = timedelta(days=28)  # of less, a year's volume would be a guess
IN_ORDER = ("due_us", "started_us", "case_id", "index")
STANDS_FOR = timedelta(days=30)  # so long an alarm asks for help


@dataclass(frozen=True)
class Alarm:
    """The CUSUM of an objective: its plan, its present height, and when it raised an alarm."""

    plan: CusumPlan
    height: int
    alarmed_at: tuple[datetime, ...]

    def stands_at(self, at: datetime) -> bool:
        """Return whether an alarm was raised in the last 30 days."""
        return bool(self.alarmed_at) and at - self.alarmed_at[-1] < STANDS_FOR


def known_since(tables: Iterable[ClockTable], at: datetime) -> datetime:
    """Return the first start of any clock, or `at` if there is none."""
    starts = [int(table.started_us.min()) for table in tables if len(table)]
    return from_us(min(starts)) if starts else at


def yearly_volume(table: ClockTable, *, known_since: datetime, at: datetime) -> int:
    """Estimate the clocks due in a year, from the last year or from the shorter time on record.

    Rounded up to two digits, so that a threshold does not change from day to day.
    """
    reach = min(YEAR, max(SHORTEST_RECORD, at - known_since))
    fallen = (table.due_us > epoch_us(at - reach)) & (table.due_us <= epoch_us(at))
    volume = ceil(int(np.count_nonzero(fallen)) * (YEAR / reach))
    step: int = 10 ** max(0, len(str(volume)) - 2)
    return -(-volume // step) * step


def alarm_at(
    versions: Sequence[tuple[Fraction, ClockTable]], *, known_since: datetime, at: datetime
) -> Alarm | Unknown:
    """Run the CUSUM over the clocks due by a moment, and return its height and alarms.

    `versions` are target and clocks of each version of the objective, oldest first: a new version
    starts again at 0. Of clocks due at the same moment the earlier started comes first.
    """
    alarmed: list[datetime] = []
    latest: tuple[CusumPlan, int] | Unknown = Unknown("nothing fell due")
    volume = 0
    for _, table in versions:
        volume += yearly_volume(table, known_since=known_since, at=at)
    for target, table in versions:
        plan = cusum_plan(target, volume)
        if isinstance(plan, Unknown):
            latest = plan
            continue
        due_us, missed = _in_order(table, at)
        path = run_cusum(plan, missed)
        alarmed += [from_us(int(due_us[place])) for place in path.alarms]
        latest = plan, path.height
    if isinstance(latest, Unknown):
        return latest
    return Alarm(plan=latest[0], height=latest[1], alarmed_at=tuple(alarmed))


def _in_order(table: ClockTable, at: datetime) -> tuple[np.ndarray, np.ndarray]:
    codes = states_at(table, at)
    judged = np.isin(codes, [STATES.index(s) for s in ("kept", "missed", "overdue")])
    fallen = judged & (table.due_us <= epoch_us(at))
    columns = [
        getattr(table, name)[fallen] for name in ("due_us", "started_us", "case_id", "index")
    ]
    missed = codes[fallen] != STATES.index("kept")
    if _is_sorted(columns):
        return columns[0], missed
    order = np.lexsort(columns[::-1])
    return columns[0][order], missed[order]


def _is_sorted(columns: Sequence[np.ndarray]) -> bool:
    """Return whether rows are sorted by the first column, then by the next, and so on."""
    alike = np.ones(max(0, len(columns[0]) - 1), np.bool_)
    for column in columns:
        before, after = column[:-1], column[1:]
        if (alike & (after < before)).any():
            return False
        alike &= after == before
    return True
