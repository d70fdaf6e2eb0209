"""What rests on each calendar: objectives, and the figures of quality."""

from dataclasses import dataclass

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.objectives.queries.judges import judges_of
from shinrai.quality.operations.basis import ground_of


@dataclass(frozen=True)
class CalendarUses:
    """Objectives (name and title) that judge by a calendar, and whether quality counts by it."""

    objectives: tuple[tuple[str, str], ...]
    by_quality: bool


def uses_of_calendar(workspace: WorkspaceRecord, name: str) -> CalendarUses:
    """Say what would come out otherwise if a calendar changed."""
    newest = {judge.objective_id: judge for judge in judges_of(workspace_id=workspace.id)}
    return CalendarUses(
        objectives=tuple(
            (judge.objective.name, judge.objective.title)
            for judge in newest.values()
            if judge.calendar_name == name
        ),
        by_quality=ground_of(workspace).calendar_name == name,
    )
