"""What learners do on a day of study, event by event, as columns in order of time."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from shinrai.sample.rules.arrivals import DAY_US, EPOCH, SECOND_US, TOKYO_US, Bools, Ints
from shinrai.sample.rules.learners import HARU, HINA, SORA, YUI, Learners

EVENTS: Final = ("login", "lesson_started", "lesson_finished", "drill_finished", "sign_in_failed")
LOGIN, STARTED, FINISHED, DRILL, FAILED = range(len(EVENTS))
STUDIES: Final = ("算数", "国語", "英語", "理科", "社会")
STUDY_SHARES: Final = (0.34, 0.26, 0.18, 0.12, 0.10)
NONE: Final = -1
MINUTE: Final = 60
# Hours at which a day of study begins: of weekdays, after school; of weekends, from the morning.
WEEKDAY_HOURS: Final = (6, 7, 15, 16, 17, 18, 19, 20, 21)
WEEKDAY_SHARES: Final = (0.03, 0.03, 0.08, 0.19, 0.19, 0.16, 0.18, 0.12, 0.02)
WEEKEND_HOURS: Final = (8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19, 20)
FINISHED_SHARE: Final = 0.93
DRILL_SHARE: Final = 0.35
FIRST_SCORE, SCORE_GAIN, MOST_SCORE = 52, 0.6, 100  # gained a month, whatever the habit


@dataclass
class StudyEvents:
    """Events as arrays, in order of time; `score` and `minutes` are -1 where there is none.

    `number` tells events apart: it stays the same at every later moment of the month.
    """

    number: Ints
    learner: Ints
    event: Ints
    at_us: Ints
    subject: Ints
    grade: Ints
    score: Ints
    minutes: Ints

    def __len__(self) -> int:
        return len(self.number)

    def take(self, places: Ints | Bools) -> "StudyEvents":
        """Return some of the events, chosen by their indices or by a boolean mask."""
        return StudyEvents(**{name: column[places] for name, column in vars(self).items()})


def study_events(found: Learners) -> StudyEvents:
    """Return what has happened by the moment at which the company is shown."""
    rng = np.random.default_rng([found.seed, 16])
    learner, day = np.nonzero(found.active)
    begin, after = found.month_named
    is_named_day = (begin <= day) & (day < after)
    hina, sora, yui = (is_named_day & (learner == one) for one in (HINA, SORA, YUI))
    lessons = 1 + rng.poisson(0.06 * found.habit[learner]).clip(0, 3)  # over before midnight
    lessons[hina], lessons[sora] = 12, 1
    starts_s = _starts(rng, found, day)
    starts_s[hina], starts_s[yui] = 10 * 60 * MINUTE, 10 * MINUTE
    starts_s[learner == HARU] = 6 * 60 * MINUTE

    of = np.repeat(np.arange(len(day)), lessons)  # the day of study of each lesson
    minutes = rng.integers(8, 24, len(of))
    minutes[hina[of]], minutes[sora[of]] = 25, 5
    taken_s = (minutes + 3) * MINUTE
    before = np.cumsum(taken_s) - taken_s
    first = np.cumsum(lessons) - lessons
    starts = starts_s[of] + MINUTE + before - before[first][of]
    is_short = hina[of] | sora[of]
    finished = (rng.random(len(of)) < FINISHED_SHARE) | is_short
    drilled = finished & (rng.random(len(of)) < DRILL_SHARE) & ~is_short
    subject = rng.choice(len(STUDIES), len(of), p=STUDY_SHARES)
    ends = starts + minutes * MINUTE

    score = rng.normal(FIRST_SCORE + SCORE_GAIN * day[of] / 30, 14).astype(np.int64)
    none = np.full(len(of), NONE)
    # Whoever studied during the outage failed to sign in first; the others did not try so long.
    outage = found.scenario.outage
    out = np.array([outage.on <= on <= outage.last_on for on in found.days])[day]
    hit = np.flatnonzero(out)
    parts = (
        (np.arange(len(day)), LOGIN, starts_s, np.full(len(day), NONE), NONE, NONE),
        (of, STARTED, starts, subject, none, none),
        (of[finished], FINISHED, ends[finished], subject[finished], NONE, minutes[finished]),
        (of[drilled], DRILL, ends[drilled] + 2 * MINUTE, subject[drilled],
         score[drilled].clip(0, MOST_SCORE), 2),
        (hit, FAILED, starts_s[hit] - MINUTE, np.full(len(hit), NONE), NONE, NONE),
    )  # fmt: skip
    sizes = [len(part[0]) for part in parts]
    whose, kind, seconds, about, scores, took = (
        np.concatenate(
            [np.broadcast_to(part[n], size) for part, size in zip(parts, sizes, strict=True)]
        )
        for n in range(6)
    )
    day_us = ((found.first - EPOCH).days + day[whose]) * DAY_US - TOKYO_US
    events = StudyEvents(
        number=np.arange(len(whose)),
        learner=learner[whose],
        event=kind,
        at_us=day_us + seconds * SECOND_US,
        subject=about,
        grade=found.grades(learner[whose], day[whose]),
        score=scores,
        minutes=took,
    )
    events = events.take(np.argsort(events.at_us, kind="stable"))
    events.number = np.arange(len(events))
    return events.take(events.at_us <= found.until_us)


def _starts(rng: np.random.Generator, found: Learners, day: Ints) -> Ints:
    """Draw at which second of its day each day of study begins."""
    is_weekend = np.array([on.weekday() >= 5 for on in found.days])[day]
    hour = np.where(
        is_weekend,
        rng.choice(WEEKEND_HOURS, len(day)),
        rng.choice(WEEKDAY_HOURS, len(day), p=WEEKDAY_SHARES),
    )
    return hour * 60 * MINUTE + rng.integers(0, 60 * MINUTE, len(day))
