"""Which objectives are judged by which calendar."""

from collections import defaultdict
from dataclasses import dataclass

from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.rules.definition import Objective


@dataclass(frozen=True)
class CalendarUse:
    """An objective judged by a calendar: its newest version that names it.

    `is_current`: this is the objective's newest version of all.
    """

    objective: Objective
    version: int
    is_current: bool


def uses_of_calendars(*, workspace_id: int) -> dict[str, tuple[CalendarUse, ...]]:
    """Return, by a calendar's name, the objectives it judges or judged in an earlier version."""
    newest: dict[int, int] = {}
    by_calendar: dict[str, dict[int, CalendarUse]] = defaultdict(dict)
    judges = judges_of(workspace_id=workspace_id)  # oldest version first
    for judge in judges:
        newest[judge.objective_id] = judge.number
    for judge in judges:
        is_current = newest[judge.objective_id] == judge.number
        use = CalendarUse(judge.objective, judge.number, is_current)
        by_calendar[judge.calendar_name][judge.objective_id] = use
    return {
        name: tuple(sorted(uses.values(), key=lambda use: use.objective.name))
        for name, uses in by_calendar.items()
    }
