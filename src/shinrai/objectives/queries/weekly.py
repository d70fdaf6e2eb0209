"""What was kept week by week, of every objective, from the published clocks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from shinrai.objectives.facts import CLOCKS
from shinrai.objectives.measures import kept_by_week
from shinrai.units.moments import epoch_us
from shinrai.units.share import Share
from shinrai.warehouse.parameters import NAMED
from shinrai.warehouse.query import run_all
from shinrai.warehouse.store import Warehouse

JUDGED = ("kept", "missed", "overdue")


@dataclass(frozen=True)
class KeptWeek:
    """A week by its Monday, what was kept of those that fell due in it, and whether it is over."""

    since: date
    share: Share
    is_over: bool


def kept_weeks(
    *, workspace_id: int, at: datetime, today: date, warehouse: Warehouse, count: int
) -> dict[str, tuple[KeptWeek, ...]]:
    """Give the last weeks of every objective that had anything due in them, by its name."""
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    answer = run_all(
        warehouse,
        {"": _kept_by_week()},
        tables=[CLOCKS],
        within={"workspace_id": workspace_id},
        parameters={"at": epoch_us(at), "since": mondays[0]},
    )[""]
    counts: dict[tuple[str, date], dict[str, int]] = {}
    for row in answer.records():
        counts.setdefault((row["objective"], row["week_on"]), {})[row["state"]] = int(row["count"])
    return {
        name: tuple(
            KeptWeek(since, _share(counts.get((name, since), {})), is_over=since != monday)
            for since in mondays
        )
        for name in sorted({name for name, _ in counts})
    }


@lru_cache(maxsize=1)
def _kept_by_week() -> Any:
    return kept_by_week(CLOCKS.unbound(), at=NAMED["at"], since=NAMED["since"])


def _share(states: dict[str, int]) -> Share:
    return Share(states.get("kept", 0), sum(states.get(state, 0) for state in JUDGED))
