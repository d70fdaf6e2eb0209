"""Goals of the sample's learners: what there is to study, what was completed, offered and earned.

Since four months before the month shown, a finished lesson completes the next activity of its
subject, and a drill repeats the one four before: the same events that usage has, under the same
ids. What was offered differs between policies in its order alone: neither is better.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np

from shinrai.sample.rules.arrivals import DAY_US, EPOCH, TOKYO_US, Bools
from shinrai.sample.rules.learners import Learners
from shinrai.sample.rules.study import DRILL, FINISHED, STUDIES, StudyEvents

MONTHS, OFFERED_MONTHS, CHANGED_MONTHS = 4, 1, 2  # before the month shown, each from its 1st
STEPS: Final = 8  # activities of a unit
BACK: Final = 4  # a drill repeats the activity so many before
SHOWN_SHARE: Final = 0.25  # of the days of study on which recommendations were looked at
POLICIES: Final = ("review-first", "next-first")
COMPARISON: Final = "おすすめの順番"
REST: Final = ((8, 10), (8, 16))
SLUGS: Final = ("math", "japanese", "english", "science", "social")
UNITS: Final = (
    (("たし算とひき算", "Sums"), ("かけ算", "Multiplication"), ("わり算", "Division"),
     ("分数", "Fractions"), ("図形", "Shapes"), ("長さと重さ", "Length and weight")),
    (("漢字", "Kanji"), ("ことば", "Words"), ("読み取り", "Reading"),
     ("作文", "Writing"), ("ことわざ", "Proverbs"), ("詩", "Poems")),
    (("アルファベット", "Alphabet"), ("あいさつ", "Greetings"), ("数と色", "Numbers and colours"),
     ("食べ物", "Food"), ("自己紹介", "About me"), ("道案内", "The way")),
    (("植物", "Plants"), ("こん虫", "Insects"), ("天気", "Weather"),
     ("磁石", "Magnets"), ("電気", "Electricity"), ("星", "Stars")),
    (("地図", "Maps"), ("町たんけん", "Our town"), ("くらしと安全", "Safety"),
     ("昔のくらし", "Long ago"), ("都道府県", "Prefectures"), ("産業", "Industry")),
)  # fmt: skip
SHELF: Final = len(UNITS[0]) * STEPS  # activities of a subject
PINS: Final[tuple[dict[str, Any], ...]] = (
    {"key": "first", "kind": "completions", "count": 1,
     "title": "First step", "title_ja": "はじめの一歩"},
    {"key": "ten-days", "kind": "days", "count": 10,
     "title": "Ten days", "title_ja": "10日がんばった"},
    {"key": "streak", "kind": "streak", "count": 7,
     "title": "Day after day", "title_ja": "まいにちコツコツ"},
    {"key": "math-30", "kind": "activities", "count": 30, "subject": "算数",
     "title": "Thirty of math", "title_ja": "算数はかせ"},
    {"key": "kanji", "kind": "activities", "count": STEPS, "subject": "国語", "unit": "漢字",
     "title": "Kanji, all of them", "title_ja": "漢字マスター"},
    {"key": "good-drills", "kind": "score", "count": 5, "score": 80,
     "title": "Five good drills", "title_ja": "ドリル名人"},
)  # fmt: skip
SHORTER: Final = 5  # days in a row that the second version of "streak" asks for


@dataclass(frozen=True)
class StudyOffer:
    """An activity recommended to a learner on a day, by the numbers of the sample."""

    learner: int
    day: int
    subject: int
    step: int
    reason: str


@dataclass
class Goals:
    """What of the learners' events counts for goals, as rows (learner, number, at, day, …)."""

    found: Learners
    events: StudyEvents

    def first_day(self, months: int) -> int:
        """Return the number of the first day of a month, so many before the month shown."""
        month = self.found.days[-1].replace(day=1)
        for _month in range(months):
            month = (month - timedelta(days=1)).replace(day=1)
        return max(0, (month - self.found.first).days)

    @cached_property
    def completions(self) -> list[tuple[int, int, int, int, int, int, float | None]]:
        """Return (learner, number of the event, at_us, day, subject, step, score), in order."""
        events = self.events
        day = (events.at_us + TOKYO_US) // DAY_US - (self.found.first - EPOCH).days
        kept = np.isin(events.event, (FINISHED, DRILL)) & (day >= self.first_day(MONTHS))
        some = events.take(kept)
        done: defaultdict[tuple[int, int], int] = defaultdict(int)
        rows = []
        columns = (some.learner, some.number, some.at_us, day[kept], some.subject, some.event)
        for one, score in zip(zip(*(c.tolist() for c in columns), strict=True),
                              some.score.tolist(), strict=True):  # fmt: skip
            learner, number, at_us, on, subject, event = one
            count = done[learner, subject]
            if event == FINISHED:
                done[learner, subject] += 1
            step = count if event == FINISHED else max(0, count - 1 - BACK)
            share = score / 100 if event == DRILL else None
            rows.append((learner, number, at_us, on, subject, step % SHELF, share))
        return rows

    @cached_property
    def offers(self) -> list[StudyOffer]:
        """Return what was offered on days of study that are over: each learner's own next steps."""
        since, today = self.first_day(OFFERED_MONTHS), int(self.found.today)
        by_day: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        for learner, _number, _at, day, subject, _step, score in self.completions:
            if score is None:
                by_day[day, learner].append(subject)
        rng = np.random.default_rng([self.found.seed, 17])
        drawn = rng.random((len(self.found), len(self.found.days))) < SHOWN_SHARE
        subjects = rng.integers(0, len(STUDIES), drawn.shape)
        done: defaultdict[tuple[int, int], int] = defaultdict(int)
        offers = []
        for (day, learner), finished in sorted(by_day.items()):
            if since <= day < today and drawn[learner, day]:
                subject = int(subjects[learner, day])
                count = done[learner, subject]
                steps = {"next": count, "review": count - BACK, "weak": count - BACK + 1}
                offers += [
                    StudyOffer(learner, day, subject, step % SHELF, reason)
                    for reason, step in steps.items()
                    if step >= 0
                ]
            for subject in finished:
                done[learner, subject] += 1
        return offers

    @cached_property
    def truth(self) -> dict[str, Any]:
        """Return what missions should find: pins given, offers taken, and missions met by week."""
        done = {(row[0], row[3], row[4], row[5]) for row in self.completions}
        taken: dict[str, dict[str, int]] = defaultdict(lambda: {"shown": 0, "taken": 0})
        for one in self.offers:
            taken[one.reason]["shown"] += 1
            taken[one.reason]["taken"] += (one.learner, one.day, one.subject, one.step) in done
        return {
            "since": str(self.found.days[self.first_day(MONTHS)]),
            "completions": len(self.completions),
            "pins_given": self._pins(),
            "offers": dict(taken),
            "policy_effect": 0.0,
            "weeks": self._weeks(),
        }

    @cached_property
    def studied(self) -> Bools:
        """Return on which days each learner completed something.

        Shape: learner, day.
        """
        table = np.zeros((len(self.found), len(self.found.days)), dtype=bool)
        for row in self.completions:
            table[row[0], row[3]] = True
        return table

    def _pins(self) -> dict[str, int]:
        days, changed = self.studied, self.first_day(CHANGED_MONTHS)
        lessons = Counter((row[0], row[4]) for row in self.completions if row[6] is None)
        good = Counter(row[0] for row in self.completions if (row[6] or 0) >= 0.8)
        first = _has_run(days[:, :changed], 7)
        return {
            "first 1": int(days.any(axis=1).sum()),
            "ten-days 1": int((days.sum(axis=1) >= 10).sum()),
            "streak 1": int(first.sum()),
            "streak 2": int((_has_run(days, SHORTER) & ~first).sum()),
            "math-30 1": sum(n >= 30 for (_one, subject), n in lessons.items() if subject == 0),
            "kanji 1": sum(n >= STEPS for (_one, subject), n in lessons.items() if subject == 1),
            "good-drills 1": sum(n >= 5 for n in good.values()),
        }

    def _weeks(self) -> list[dict[str, Any]]:
        """Return the missions of the last four weeks that are final, by their definition."""
        days, today = self.found.days, int(self.found.today)
        mondays = [n for n, on in enumerate(days) if on.weekday() == 0 and n <= today - 10]
        began = np.where(self.studied.any(axis=1), self.studied.argmax(axis=1), len(days))
        start = began - np.array([on.weekday() for on in [*days, days[0]]])[began]
        figures = []
        for monday in mondays[-4:]:
            before = [n for n in mondays if monday - 56 <= n < monday and not _is_rest(days[n])]
            past = np.stack([self.studied[:, n : n + 7].sum(axis=1) for n in before], axis=1)
            # A quantile leaves out what is not a number: the weeks before the learner began.
            known = np.where(np.array(before) >= start[:, None], past, np.nan)
            has_pace = (began < monday) & ~np.isnan(known).all(axis=1)
            asked = np.full(len(began), 2)
            usual = np.nanquantile(known[has_pace], 0.6, axis=1)
            asked[has_pace] = np.ceil(usual - 1e-9).clip(1, 6)
            active = self.studied[:, monday : monday + 7].sum(axis=1)
            is_learner = self.studied[:, max(0, monday - 56) : monday + 7].any(axis=1)
            met = is_learner & (active >= asked)
            figures.append(
                {
                    "start": str(days[monday]),
                    "learners": int(is_learner.sum()),
                    "active": int((active > 0).sum()),
                    "met": int(met.sum()),
                    "rest" if _is_rest(days[monday]) else "missed": int((is_learner & ~met).sum()),
                }
            )
        return figures


def activity_key(subject: int, step: int) -> str:
    """Return the key of an activity."""
    return f"{SLUGS[subject]}-{step // STEPS + 1}-{step % STEPS + 1}"


def activity_rows() -> list[dict[str, Any]]:
    """Return the activities as the service declares them."""
    return [
        {
            "key": activity_key(subject, step),
            "subject": name,
            "unit": UNITS[subject][step // STEPS][0],
            "minutes": 8 + 2 * (step % 4),
            "prerequisite": [activity_key(subject, step - 1)] if step else [],
            "title": f"{UNITS[subject][step // STEPS][1]} {step % STEPS + 1}",
            "title_ja": f"{UNITS[subject][step // STEPS][0]} {step % STEPS + 1}",
        }
        for subject, name in enumerate(STUDIES)
        for step in range(SHELF)
    ]


def rest_of(year: int) -> tuple[date, date]:
    """Return the summer holidays of a year."""
    (month, first), (last_month, last) = REST
    return date(year, month, first), date(year, last_month, last)


def _is_rest(monday: date) -> bool:
    first, last = rest_of(monday.year)
    days = (monday + timedelta(days=n) for n in range(7))
    return sum(first <= day <= last for day in days) >= 4


def _has_run(days: Bools, length: int) -> Bools:
    """Return who has so many days in a row."""
    runs = np.lib.stride_tricks.sliding_window_view(days, length, axis=1)
    found: Bools = np.any(np.all(runs, axis=2), axis=1)
    return found
