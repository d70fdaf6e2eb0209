"""Read a learner's day, week and pins: three folds of the same attempts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.console.rules.wording import date_text
from shinrai.customers.queries import known_customers
from shinrai.missions.models import AttemptRow, PinGiven
from shinrai.missions.queries.declarations import (
    ChosenPolicy,
    activities_of,
    chosen_policy,
    every_activity,
    pin_versions,
    rests_of,
)
from shinrai.missions.rules.activity import Activity
from shinrai.missions.rules.attempt import Attempt
from shinrai.missions.rules.pins import EarnedPin, PinRule, PinVersion, earned_pins
from shinrai.missions.rules.recommendation import Recommendation, recommendations
from shinrai.missions.rules.week import Mission, week_of, weekly_mission
from shinrai.missions.rules.wording import pin_text, today_text
from shinrai.postgres.bulk import one_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.operations.events import ACTORS
from shinrai.usage.queries.actors import merged_with


class UnknownLearner(UserError, LookupError):
    """The workspace knows no learner by this identifier."""


@dataclass(frozen=True)
class Learner:
    """A learner: the person, and all actors that are this person."""

    workspace: WorkspaceRecord
    id: int
    actors: tuple[int, ...]


@dataclass(frozen=True)
class TodayRecord:
    """What is recommended on a date, by which policy, and which of it was completed on it."""

    on: date
    recommendations: tuple[Recommendation, ...]
    policy: ChosenPolicy
    done: frozenset[str]

    @property
    def text(self) -> Text:
        """Say in a child's words how many there are, and whether all are done."""
        keys = [one.activity.key for one in self.recommendations]
        return today_text(len(keys), sum(key in self.done for key in keys))


@dataclass(frozen=True)
class PinRecord:
    """A pin of the workspace; `earned` is None for a learner who does not have it yet."""

    rule: PinRule
    earned: EarnedPin | None
    given_at: datetime | None

    @property
    def text(self) -> Text:
        """Say in a child's words when it was earned, or what earns it."""
        return pin_text(self.rule, date_text(self.earned.on) if self.earned else None)


def learner_named(workspace: WorkspaceRecord, identifier: str) -> Learner:
    """Return the learner that usage knows by an identifier. Raises: UnknownLearner."""
    found = known_customers(workspace_id=workspace.id, source=ACTORS, identifiers=[identifier])
    if identifier not in found:
        raise UnknownLearner(
            Text("there is no learner {name!r} in this workspace", name=identifier[:80])
        )
    return learner_numbered(workspace, found[identifier])


def learner_numbered(workspace: WorkspaceRecord, number: int) -> Learner:
    """Return the learner that an actor is."""
    return learners_numbered(workspace, [number])[number]


def learners_numbered(workspace: WorkspaceRecord, numbers: Collection[int]) -> dict[int, Learner]:
    """Return the learners that actors are, by the actor's number."""
    persons = merged_with(workspace.id, numbers)
    actors: defaultdict[int, list[int]] = defaultdict(list)
    for actor in sorted(persons):
        actors[persons[actor]].append(actor)
    return {one: Learner(workspace, persons[one], tuple(actors[persons[one]])) for one in numbers}


def attempts_of(learner: Learner) -> tuple[Attempt, ...]:
    """Return every attempt of a learner, in no order."""
    persons = dict.fromkeys(learner.actors, learner.id)
    return tuple(attempts_of_persons(learner.workspace.id, persons).get(learner.id, ()))


def attempts_of_persons(workspace_id: int, persons: Mapping[int, int]) -> dict[int, list[Attempt]]:
    """Return the attempts of each person, in no order; `persons`: of each actor, who it is."""
    rows = AttemptRow.objects.filter(one_of("learner_id", persons), workspace_id=workspace_id)
    names = ("at", "attempt_id", "activity", "own_on", "known_at", "is_completed", "score")
    found: defaultdict[int, list[Attempt]] = defaultdict(list)
    for actor, *row in rows.values_list("learner_id", *names).iterator(10_000):
        found[persons[actor]].append(Attempt(*row))
    return found


def today_of(learner: Learner, *, at: datetime, on: date | None = None) -> TodayRecord:
    """Return what is recommended today; the same all day, whatever comes in."""
    there = learner.workspace
    zone = ZoneInfo(there.zone)
    day = on or at.astimezone(zone).date()
    begins = datetime.combine(day, time(), zone)
    attempts = attempts_of(learner)
    policy = chosen_policy(there.id, learner.id, at=begins)
    # On its first day a product has declared its activities after midnight.
    activities = activities_of(there.id, at=begins) or activities_of(there.id)
    found = recommendations(activities, attempts, on=day, zone=zone, policy=policy.name)
    done = frozenset(one.activity for one in attempts if one.is_completed and one.on == day)
    return TodayRecord(day, found, policy, done)


def week_of_learner(learner: Learner, *, at: datetime, start: date | None = None) -> Mission:
    """Return the mission of a week; without a date, of the one that `at` is in."""
    zone = ZoneInfo(learner.workspace.zone)
    monday = week_of(start or at.astimezone(zone).date())
    rests = rests_of(learner.workspace.id, learner.actors)
    return weekly_mission(attempts_of(learner), rests, start=monday, at=at, zone=zone)


def weeks_of_learner(learner: Learner, *, at: datetime, count: int) -> tuple[Mission, ...]:
    """Return the missions of the last weeks, this one first."""
    zone = ZoneInfo(learner.workspace.zone)
    rests, attempts = rests_of(learner.workspace.id, learner.actors), attempts_of(learner)
    monday = week_of(at.astimezone(zone).date())
    starts = (monday - timedelta(weeks=back) for back in range(count))
    return tuple(weekly_mission(attempts, rests, start=start, at=at, zone=zone) for start in starts)


def pins_of(learner: Learner, *, at: datetime) -> tuple[PinRecord, ...]:
    """Return the pins a learner has, and those that can still be earned."""
    there = learner.workspace.id
    rows = PinGiven.objects.filter(workspace_id=there, learner_id__in=learner.actors)
    return pin_records(
        pin_versions(there),
        attempts_of(learner),
        every_activity(there),
        at=at,
        given=dict(rows.values_list("key", "given_at")),
    )


def pin_records(
    versions: Iterable[PinVersion],
    attempts: Sequence[Attempt],
    activities: Mapping[str, Activity],
    *,
    at: datetime,
    given: Mapping[str, datetime] = MappingProxyType({}),
) -> tuple[PinRecord, ...]:
    """Return the pins that attempts earn, and those that can still be earned."""
    versions = tuple(versions)
    earned = {one.key: one for one in earned_pins(versions, attempts, activities, at=at)}
    rules = {
        one.rule.key: one.rule
        for one in versions
        if one.until is None
        or (one.rule.key in earned and earned[one.rule.key].version == one.number)
    }
    return tuple(
        PinRecord(rule, earned.get(key), given.get(key)) for key, rule in sorted(rules.items())
    )
