"""What every objective kept week by week, from the counts stored per day."""

from dataclasses import dataclass
from datetime import date, timedelta

from shinrai.objectives.queries.published import NAME
from shinrai.units.share import Share
from shinrai.warehouse.day_counts import day_numbers

JUDGED = ("kept", "missed", "overdue")


@dataclass(frozen=True)
class KeptWeek:
    """A week by its Monday: kept out of due in it, and whether the week is over."""

    since: date
    share: Share
    is_over: bool


def kept_weeks(*, workspace_id: int, today: date, count: int) -> dict[str, tuple[KeptWeek, ...]]:
    """Return the last weeks of every objective that had anything due in them, by its name."""
    monday = today - timedelta(days=today.weekday())
    mondays = [monday - timedelta(weeks=back) for back in reversed(range(count))]
    found = day_numbers(NAME, workspace_id=workspace_id, questions=("kept",), since=mondays[0])
    if found is None:
        return {}
    weeks: dict[str, dict[date, dict[str, int]]] = {}
    for since in mondays:
        week = found[1]["kept"].between(since, since + timedelta(days=6))
        for row in week.sums():
            counted = weeks.setdefault(row["objective"], {}).setdefault(since, {})
            counted[row["state"]] = row["count"]
    return {
        name: tuple(
            KeptWeek(since, _share(counts.get(since, {})), is_over=since != monday)
            for since in mondays
        )
        for name, counts in sorted(weeks.items())
    }


def _share(states: dict[str, int]) -> Share:
    return Share(states.get("kept", 0), sum(states.get(state, 0) for state in JUDGED))
