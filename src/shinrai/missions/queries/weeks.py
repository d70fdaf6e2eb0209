"""The missions of all learners, week by week, and the learners behind a figure of a week."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from django.db.models import Min

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.missions.models import AttemptRow, DeclaredRest, PinGiven
from shinrai.missions.queries.preview import by_learner
from shinrai.missions.rules.week import (
    WEEK,
    Mission,
    Rest,
    is_learner_of,
    mission_of_days,
    week_of,
)
from shinrai.usage.queries.actors import actors_merged

Figure = Literal["learners", "active", "set", "met", "missed", "open", "rest", "pin"]
COUNTED: Final = ("learners", "active", "set", "met", "missed", "open", "rest")


@dataclass(frozen=True)
class LearnerWeek:
    """A learner behind a figure: of a week, the mission; of a pin, the moment it was given."""

    number: int
    mission: Mission | None = None
    given_at: datetime | None = None


def monday_of(workspace: WorkspaceRecord, at: datetime) -> date:
    """Return the Monday of the week that a moment is in."""
    return week_of(at.astimezone(ZoneInfo(workspace.zone)).date())


def missions_of_all(
    workspace: WorkspaceRecord, starts: Sequence[date], *, at: datetime
) -> Iterator[tuple[int, list[Mission]]]:
    """Return each learner with the missions of those weeks in which they are one."""
    zone, roots = ZoneInfo(workspace.zone), actors_merged(workspace.id)
    rests: defaultdict[int | None, tuple[Rest, ...]] = defaultdict(tuple)
    for one in DeclaredRest.objects.filter(workspace_id=workspace.id).order_by("id"):
        whose = None if one.learner_id is None else roots.get(one.learner_id, one.learner_id)
        rests[whose] += (Rest(one.first_on, one.last_on, one.declared_at, one.kind),)
    rows = AttemptRow.objects.filter(workspace_id=workspace.id).order_by("learner_id")
    days = rows.values_list("learner_id", "own_on").annotate(known_at=Min("known_at"))
    for learner, some in by_learner(days.iterator(10_000), roots):
        known: dict[date, datetime] = {}
        for day, known_at in some:
            known[day] = min(known_at, known.get(day, known_at))
        theirs = rests[None] + rests.get(learner, ())
        found = [
            mission_of_days(known, theirs, start=start, at=at, zone=zone)
            for start in starts
            if is_learner_of(known, start)
        ]
        if found:
            yield learner, found


def figures_of(mission: Mission) -> tuple[Figure, ...]:
    """Return the figures of a week that count this mission."""
    found: list[Figure] = ["learners"]
    if mission.active:
        found.append("active")
    if mission.state == "rest":
        return (*found, "rest")
    found.append("set")
    return (*found, "open" if mission.state == "waiting" else mission.state)


def learners_behind(
    workspace: WorkspaceRecord, figure: Figure, start: date, *, at: datetime
) -> list[LearnerWeek]:
    """Return the learners behind a figure of a week, by their numbers."""
    monday = min(week_of(start), monday_of(workspace, at))
    found = [
        LearnerWeek(learner, mission)
        for learner, [mission] in missions_of_all(workspace, [monday], at=at)
        if figure in figures_of(mission)
    ]
    return sorted(found, key=lambda one: one.number)


def learners_with_pin(workspace_id: int, key: str, version: int) -> list[LearnerWeek]:
    """Return the learners who were given a pin by one of its versions, the newest first."""
    rows = PinGiven.objects.filter(workspace_id=workspace_id, key=key, version=version)
    named = rows.order_by("-given_at", "learner_id").values_list("learner_id", "given_at")
    return [LearnerWeek(learner, None, given_at) for learner, given_at in named]


def week_starts(workspace: WorkspaceRecord, *, at: datetime, count: int) -> list[date]:
    """Return the Mondays of the last weeks, that of this week last."""
    monday = monday_of(workspace, at)
    return [monday - back * WEEK for back in reversed(range(count))]


def is_over(start: date, workspace: WorkspaceRecord, at: datetime) -> bool:
    """Return whether a week is over on the workspace's clock."""
    return start + timedelta(days=7) <= at.astimezone(ZoneInfo(workspace.zone)).date()
