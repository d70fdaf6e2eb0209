"""What a guardian reads of a child: study, goals and scores, and never the child's own words."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.family.queries.study import ChildStudy, child_study
from shinrai.family.rules.dinner import Deed, dinner_line
from shinrai.family.rules.week import StudyDay, WeekLine, line_of
from shinrai.missions.queries.learner import Learner, PinRecord
from shinrai.missions.rules.week import Mission, week_of, weekly_mission
from shinrai.units.text import Text, bilingual, verbatim
from shinrai.usage.queries.achievement import USUAL_DAYS, OwnScores

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
    """Return what a guardian reads of a learner; whether they may is asked elsewhere.

    What events say may be a minute late; what the product completed counts at once.
    """
    study = child_study(workspace, number, at=at, may_be_late=True)
    on, days = study.today, study.days
    pins = sorted(study.pins, key=lambda one: (_earned_on(one), one.rule.key), reverse=True)
    return ChildView(
        learner=study.learner,
        today=on,
        line=line_of(days, start=week_of(on), today=on),
        days=days,
        subjects=_subjects(days.values(), since=on - timedelta(days=USUAL_DAYS - 1)),
        mission=mission_of(study, start=week_of(on)),
        pins=tuple(pins),
        scores=study.usage.scores,
        dinner=dinner_of(study),
    )


def mission_of(study: ChildStudy, *, start: date) -> Mission | None:
    """Return the mission of the week that begins on a date; None without an attempt ever."""
    if not study.attempts:
        return None
    zone = ZoneInfo(study.learner.workspace.zone)
    return weekly_mission(study.attempts, study.rests, start=start, at=study.at, zone=zone)


def dinner_of(study: ChildStudy) -> Text | None:
    """Return what to say at dinner about a learner; None if nothing is known to say."""
    return dinner_line(_deeds(study), today=study.today)


def _subjects(days: Iterable[StudyDay], *, since: date) -> tuple[SubjectTime, ...]:
    minutes, on = Counter[str](), Counter[str]()
    for day in days:
        if day.on >= since:
            for subject, took in day.subjects.items():
                minutes[subject] += took
                on[subject] += 1
    named = [(name, took) for name, took in minutes.most_common() if name][:MOST_SUBJECTS]
    return tuple(SubjectTime(name[:MOST_SUBJECT], took, on[name]) for name, took in named)


def _deeds(study: ChildStudy) -> list[Deed]:
    earned = [(one.rule, one.earned.on) for one in study.pins if one.earned is not None]
    found = [Deed("pin", on, _title(rule)) for rule, on in earned]
    for attempt in study.attempts:
        activity = study.shelf.activities.get(attempt.activity)
        if attempt.is_completed and activity is not None:
            title = bilingual(activity.title_in("en"), activity.title_in("ja"))
            found.append(Deed("completed", attempt.on, title, attempt.at))
    for day in study.days.values():
        found += [
            Deed("studied", day.on, verbatim(name[:MOST_SUBJECT]), minutes=took)
            for name, took in day.subjects.items()
            if name
        ]
    return found


def _title(rule: object) -> Text:
    en, ja, key = (getattr(rule, name) for name in ("title", "title_ja", "key"))
    return bilingual(en or ja or key, ja or en or key)


def _earned_on(one: PinRecord) -> date:
    return one.earned.on if one.earned else date.min
