"""Read what learners studied: usage as it was prepared, and attempts as they are now.

Minutes of a day are those that the product declares of the activities completed on it; on a day
without any, those that its events report. Many learners cost as many questions as one.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from django.conf import settings

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.family.models import PreparedStudy
from shinrai.family.rules.week import MinutesFrom, StudyDay
from shinrai.missions.queries.declarations import every_activity, pin_versions, rests_of
from shinrai.missions.queries.learner import (
    Learner,
    PinRecord,
    attempts_of_persons,
    learners_numbered,
    pin_records,
)
from shinrai.missions.rules.activity import Activity
from shinrai.missions.rules.attempt import Attempt
from shinrai.missions.rules.pins import PinVersion
from shinrai.missions.rules.week import Rest
from shinrai.postgres.bulk import one_of
from shinrai.privacy.operations import read_words
from shinrai.usage.queries.achievement import OwnScores, achievement
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

READ_DAYS: Final = 70  # two months as the page draws them, and the week before
LATE: Final = timedelta(minutes=1)  # a page may be so long without what came in


@dataclass(frozen=True)
class LearnerUsage:
    """What events say of a learner: minutes by day and subject, and scores against their own."""

    days: Mapping[date, Mapping[str, float]] = field(default_factory=dict)
    scores: OwnScores | None = None

    @property
    def document(self) -> str:
        """Return it as it is kept."""
        days = {f"{on}": dict(subjects) for on, subjects in self.days.items()}
        return json.dumps([days, vars(self.scores) if self.scores else None])


@dataclass(frozen=True)
class Shelf:
    """What a workspace declares: its activities by key, and every version of its pins."""

    activities: Mapping[str, Activity]
    pins: tuple[PinVersion, ...]


@dataclass(frozen=True)
class ChildStudy:
    """What is known of a learner's study at a moment."""

    learner: Learner
    at: datetime
    usage: LearnerUsage
    attempts: tuple[Attempt, ...]
    shelf: Shelf

    @property
    def today(self) -> date:
        """Return the date in the workspace's zone."""
        return today(self.learner.workspace.zone, self.at)

    @cached_property
    def days(self) -> dict[date, StudyDay]:
        """Return each day of the last ten weeks on which the learner did something, in order."""
        since = self.today - timedelta(days=READ_DAYS)
        reported = {on: found for on, found in self.usage.days.items() if since <= on <= self.today}
        declared: defaultdict[date, defaultdict[str, float]]
        declared = defaultdict(lambda: defaultdict(float))
        for one in self.attempts:
            if since <= one.on <= self.today:
                activity = self.shelf.activities.get(one.activity)
                if one.is_completed and activity is not None:
                    declared[one.on][activity.subject] += activity.minutes
                else:
                    reported.setdefault(one.on, {})  # begun: the day counts, no minute is known
        return {
            on: _study_day(on, declared.get(on) or {}, reported.get(on) or {})
            for on in sorted({*reported, *declared})
        }

    @cached_property
    def pins(self) -> tuple[PinRecord, ...]:
        """Return the pins the learner earned."""
        found = pin_records(self.shelf.pins, self.attempts, self.shelf.activities, at=self.at)
        return tuple(one for one in found if one.earned is not None)

    @cached_property
    def rests(self) -> tuple[Rest, ...]:
        """Return the rests of the learner, and those of all."""
        return rests_of(self.learner.workspace.id, self.learner.actors)


def child_study(
    workspace: WorkspaceRecord, number: int, *, at: datetime, may_be_late: bool = False
) -> ChildStudy:
    """Return what is known of one learner's study."""
    return child_studies(workspace, [number], at=at, may_be_late=may_be_late)[number]


def child_studies(
    workspace: WorkspaceRecord,
    numbers: Collection[int],
    *,
    at: datetime,
    may_be_late: bool = False,
) -> dict[int, ChildStudy]:
    """Return what is known of learners' study, by number.

    `may_be_late`: usage of the last minute may be missing; attempts never are.
    """
    learners = learners_numbered(workspace, numbers)
    usages = _usages(workspace, learners, at=at, late=LATE if may_be_late else timedelta(0))
    persons = {actor: one.id for one in learners.values() for actor in one.actors}
    attempts = attempts_of_persons(workspace.id, persons)
    shelf = Shelf(every_activity(workspace.id), pin_versions(workspace.id))
    return {
        number: ChildStudy(one, at, usages[number], tuple(attempts.get(one.id, ())), shelf)
        for number, one in learners.items()
    }


def usages_asked(
    workspace: WorkspaceRecord, learners: Mapping[int, Learner], *, at: datetime
) -> dict[int, LearnerUsage]:
    """Ask the warehouse what events say of learners, by number: of all in one question."""
    if not learners:
        return {}
    from shinrai.usage.measures.people import minutes_of_actors

    persons = {actor: one.id for one in learners.values() for actor in one.actors}
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    scope = UsageScope(workspace.id, workspace.zone, at, warehouse)
    since = scope.today - timedelta(days=READ_DAYS)
    rows = scope.of_actors(persons).ask(rows=minutes_of_actors(since=since))["rows"]
    days: defaultdict[int, defaultdict[date, defaultdict[str, float]]]
    days = defaultdict(lambda: defaultdict(lambda: defaultdict(float)))
    for row in rows:
        days[persons[row["actor_id"]]][row["own_on"]][row["subject"]] += row["minutes"] or 0
    people = frozenset(persons.values())
    scores = {
        one.person: one
        for one in achievement(replace(scope, persons=persons, people=people)).learners
    }
    return {
        number: LearnerUsage(days.get(one.id, {}), scores.get(one.id))
        for number, one in learners.items()
    }


def is_current(
    row: PreparedStudy, learner: Learner, *, at: datetime, late: timedelta = timedelta(0)
) -> bool:
    """Return whether what was prepared is of today, of these actors, and shows all that came in."""
    is_of = row.on == today(learner.workspace.zone, at) and tuple(row.actors) == learner.actors
    return is_of and (row.stale_at is None or (bool(late) and at - row.stale_at < late))


def _usages(
    workspace: WorkspaceRecord, learners: Mapping[int, Learner], *, at: datetime, late: timedelta
) -> dict[int, LearnerUsage]:
    rows = PreparedStudy.objects.filter(one_of("learner_id", learners), workspace_id=workspace.id)
    of = {
        row.words_id: row.pk for row in rows if is_current(row, learners[row.pk], at=at, late=late)
    }
    found = {of[one]: _usage(text) for one, text in read_words(of).items()}
    asked = {number: one for number, one in learners.items() if number not in found}
    return found | usages_asked(workspace, asked, at=at)


def _usage(document: str) -> LearnerUsage:
    days, scores = json.loads(document)
    by_date = {date.fromisoformat(on): subjects for on, subjects in days.items()}
    return LearnerUsage(by_date, OwnScores(**scores) if scores else None)


def _study_day(on: date, declared: Mapping[str, float], reported: Mapping[str, float]) -> StudyDay:
    found, of = (declared, "activities") if sum(declared.values()) else (reported, "events")
    subjects = {subject: round(minutes) for subject, minutes in found.items() if minutes > 0}
    minutes_from: MinutesFrom = of if subjects else ""  # type: ignore[assignment]
    return StudyDay(on, subjects, minutes_from)
