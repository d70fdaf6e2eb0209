"""What a guardian reads of a child: study, goals and scores, and never the child's own words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.family.queries.week import READ_DAYS, study_days, usage_scope
from shinrai.family.rules.dinner import Deed, dinner_line
from shinrai.family.rules.week import StudyDay, WeekLine, line_of
from shinrai.missions.queries.declarations import every_activity
from shinrai.missions.queries.learner import (
    Learner,
    PinRecord,
    attempts_of,
    learner_numbered,
    pins_of,
    week_of_learner,
)
from shinrai.missions.rules.week import Mission, week_of
from shinrai.units.text import Text, bilingual, verbatim
from shinrai.usage.queries.achievement import USUAL_DAYS, OwnScores, achievement
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.rules.periods import today

MOST_SUBJECT: Final = 40
MOST_SUBJECTS: Final = 8


@dataclass(frozen=True)
class SubjectTime:
    """How many minutes of a subject, on how many days."""

    name: str
    minutes: int
    days: int


@dataclass(frozen=True)
class ChildView:
    """What a guardian reads of a child.

    `days`: of this month and the one before. `subjects`: of the last 28 days. `scores` is None
    with fewer than three in either time. `mission` is None without an attempt ever.
    """

    learner: Learner
    today: date
    line: WeekLine
    days: Mapping[date, StudyDay]
    subjects: tuple[SubjectTime, ...]
    mission: Mission | None
    pins: tuple[PinRecord, ...]
    scores: OwnScores | None
    dinner: Text | None

    @property
    def month(self) -> date:
        """Return the first day of this month."""
        return self.today.replace(day=1)

    @property
    def last_on(self) -> date | None:
        """Return the last day of study that is known."""
        return max(self.days, default=None)


def child_view(workspace: WorkspaceRecord, number: int, *, at: datetime) -> ChildView:
    """Return what a guardian reads of a learner; whether they may is asked elsewhere."""
    learner = learner_numbered(workspace, number)
    on = today(workspace.zone, at)
    days = study_days(learner, at=at, since=on - timedelta(days=READ_DAYS))
    attempts = attempts_of(learner)
    earned = tuple(one for one in pins_of(learner, at=at) if one.earned is not None)
    return ChildView(
        learner=learner,
        today=on,
        line=line_of(days, start=week_of(on), today=on),
        days=days,
        subjects=_subjects(days.values(), since=on - timedelta(days=USUAL_DAYS - 1)),
        mission=week_of_learner(learner, at=at) if attempts else None,
        pins=tuple(sorted(earned, key=lambda one: (_earned_on(one), one.rule.key), reverse=True)),
        scores=_scores(learner, at),
        dinner=dinner_line(_deeds(learner, days, earned), today=on),
    )


def dinner_of(workspace: WorkspaceRecord, number: int, *, at: datetime) -> Text | None:
    """Return what to say at dinner about a learner; None if nothing is known to say."""
    learner = learner_numbered(workspace, number)
    on = today(workspace.zone, at)
    days = study_days(learner, at=at, since=on - timedelta(days=1))
    return dinner_line(_deeds(learner, days, pins_of(learner, at=at)), today=on)


def _subjects(days: Iterable[StudyDay], *, since: date) -> tuple[SubjectTime, ...]:
    minutes, on = Counter[str](), Counter[str]()
    for day in days:
        if day.on >= since:
            for subject, took in day.subjects.items():
                minutes[subject] += took
                on[subject] += 1
    named = [(name, took) for name, took in minutes.most_common() if name][:MOST_SUBJECTS]
    return tuple(SubjectTime(name[:MOST_SUBJECT], took, on[name]) for name, took in named)


def _deeds(
    learner: Learner, days: Mapping[date, StudyDay], pins: Iterable[PinRecord]
) -> list[Deed]:
    activities = every_activity(learner.workspace.id)
    found = [Deed("pin", one.earned.on, _title(one.rule)) for one in pins if one.earned is not None]
    for attempt in attempts_of(learner):
        activity = activities.get(attempt.activity)
        if attempt.is_completed and activity is not None:
            title = bilingual(activity.title_in("en"), activity.title_in("ja"))
            found.append(Deed("completed", attempt.on, title, attempt.at))
    for day in days.values():
        found += [
            Deed("studied", day.on, verbatim(name[:MOST_SUBJECT]), minutes=took)
            for name, took in day.subjects.items()
            if name
        ]
    return found


def _title(rule: object) -> Text:
    en, ja, key = (getattr(rule, name) for name in ("title", "title_ja", "key"))
    return bilingual(en or ja or key, ja or en or key)


def _scores(learner: Learner, at: datetime) -> OwnScores | None:
    """Return the learner's scores of the last days against their own earlier ones."""
    there = learner.workspace
    scope = replace(
        usage_scope(there, at),
        persons=actors_merged(there.id),
        people=frozenset({learner.id}),
    )
    return next(iter(achievement(scope).learners), None)


def _earned_on(one: PinRecord) -> date:
    return one.earned.on if one.earned else date.min
