"""What the last weeks brought: cases received and ended, open ones by age, figures and topics."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final

import numpy as np

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.arrays import elapsed_array
from shinrai.calendars.rules.time_zone import midnight, zone_named
from shinrai.calendars.rules.timetable import Timetable
from shinrai.quality.facts.ground import ground_of
from shinrai.quality.queries.day_counts import NAME
from shinrai.quality.queries.topics import distinct_customers
from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.rising import Rise, most_risen
from shinrai.quality.rules.summary import figures_of
from shinrai.statistics.percentile import percentiles
from shinrai.units.moments import epoch_us
from shinrai.warehouse.day_counts import DayNumbers, Fill, Ints, day_numbers

WEEKS: Final = 13
SPAN: Final = 4  # whole weeks that a figure is about; as many before are what it is set against
AGES: Final = (1, 5, 20)  # business days: the last age of each group but the last
QUESTIONS: Final = (
    *("counts", "investigations", "first_replies", "open_cases", "ended_cases"),
    *("topic_sizes", "topic_customers", "filed_topics"),
)
SECOND_US: Final = 1_000_000
WEEK, DAY = timedelta(weeks=1), timedelta(days=1)
Dates = tuple[date, date]  # both included


@dataclass(frozen=True)
class FlowWeek:
    """A week by its Monday: the cases that came and those first solved or answered in it."""

    since: date
    is_over: bool
    came: int
    ended: int


@dataclass(frozen=True)
class Wait:
    """The median business time to an answer, in seconds, over so many cases."""

    median_s: float | None
    of: int


@dataclass(frozen=True)
class PastWeeks:
    """The counts of the last weeks up to a date, which may be long ago, from one read.

    `records` are the kinds of case there are, inquiries first; `modes` their ways with the number
    of new cases, the largest first. Figures are of the last whole weeks, `span`, and of as many
    `before`.
    """

    fill: Fill
    numbers: Mapping[str, DayNumbers]
    mondays: tuple[date, ...]
    zone: str
    timetable: Timetable
    at: datetime

    @property
    def span(self) -> Dates:
        """Return the first and last date of the last whole weeks."""
        return self.mondays[-1 - SPAN], self.mondays[-1] - DAY

    @property
    def before(self) -> Dates:
        """Return the dates of as many weeks before."""
        return self.mondays[-1 - 2 * SPAN], self.mondays[-1 - SPAN] - DAY

    @cached_property
    def modes(self) -> list[tuple[str, int]]:
        """List the ways in which cases came, with their number, the largest first."""
        counts: Counter[str] = Counter()
        for question, name in (("counts", "inquiries"), ("investigations", "investigations")):
            for row in self._since_first(question).sums():
                counts[row["mode"]] += row[name]
        return counts.most_common()

    @property
    def mode(self) -> str:
        """Return the way in which most cases came; "" if none came."""
        return self.modes[0][0] if self.modes else ""

    @cached_property
    def records(self) -> tuple[str, ...]:
        """Return the kinds of case that came or are open."""
        kinds = {"inquiry": "counts", "investigation": "investigations"}
        still_open = self.numbers["open_cases"].values("record")
        return tuple(
            record
            for record, question in kinds.items()
            if record in still_open or len(self._since_first(question).key)
        )

    def figures(self, dates: Dates) -> dict[str, Any]:
        """Return the figures of the largest mode over some dates."""
        counts, filed = (self.numbers[name].between(*dates).sums() for name in QUESTIONS[:2])
        every = Counted(counts=counts, investigations=filed)
        return figures_of(every.of_mode(self.mode))

    def flow(self, record: str) -> tuple[FlowWeek, ...]:
        """Return the cases of one kind by week."""
        name = "inquiries" if record == "inquiry" else "investigations"
        came = self.numbers["counts" if record == "inquiry" else "investigations"]
        ends = [*self.mondays[1:], self.mondays[-1] + WEEK]
        edges = [epoch_us(midnight(self.zone, on)) for on in (*self.mondays, ends[-1])]
        ended, _ = np.histogram(self._ended(record)["ended_us"], edges)
        return tuple(
            FlowWeek(
                since,
                is_over=until <= self.at.astimezone(zone_named(self.zone)).date(),
                came=sum(row[name] for row in came.between(since, until - DAY).sums()),
                ended=count,
            )
            for since, until, count in zip(self.mondays, ends, ended.tolist(), strict=True)
        )

    def open_by_age(self, record: str) -> tuple[int, ...]:
        """Count the open cases by age: up to 1, 5, 20 business days, and older.

        A case is as old as business days have closed since it began.
        """
        closes = self.timetable.day_close
        began_us = self.numbers["open_cases"].where("record", record)["began_us"]
        ages = np.searchsorted(closes, epoch_us(self.at), "right") - np.searchsorted(
            closes, began_us, "right"
        )
        groups = np.searchsorted(np.array(AGES), ages, "left")
        return tuple(np.bincount(groups, minlength=len(AGES) + 1).tolist())

    def oldest_open(self, most: int) -> list[int]:
        """Return the ids of the cases that have been open longest."""
        found = self.numbers["open_cases"]
        ids: list[int] = found["case_id"][np.argsort(found["began_us"], kind="stable")].tolist()
        return ids[:most]

    def wait(self, record: str, dates: Dates) -> Wait:
        """Return the time to the first reply to inquiries, or to the answer of investigations."""
        if record == "inquiry":
            asked = self.numbers["first_replies"].between(*dates).where("sound", True)
            waited = asked.where("mode", self.mode)["first_reply_open_s"]
            return _wait(waited[waited >= 0])
        found = self._ended_between(dates)
        began, ended = (
            np.clip(found[name], self.timetable.lower, self.timetable.upper)
            for name in ("began_us", "ended_us")
        )
        return _wait(elapsed_array(self.timetable, began, ended) // SECOND_US)

    def findings(self, dates: Dates) -> list[tuple[str | None, int]]:
        """Count the investigations answered on some dates by their finding, most first."""
        found = self._ended_between(dates)
        place = found.keys.index("verdict") if found.keys else 0
        counts = Counter(found.combinations[key][place] for key in found.key.tolist())
        return counts.most_common()

    @cached_property
    def rise(self) -> Rise | None:
        """Return the topic of the largest mode that rose: by customers, if they are known."""
        now, before = (self._topics(dates) for dates in (self.span, self.before))
        return most_risen(now, before)

    def _topics(self, dates: Dates) -> dict[str, int]:
        mode = self.mode
        if "inquiry" not in self.records:
            rows, name = self.numbers["filed_topics"].between(*dates).sums(), "count"
        elif len((customers := self.numbers["topic_customers"].between(*dates)).key):
            found = distinct_customers(customers)
            return {topic: count for (of, topic), count in found.items() if of == mode}
        else:
            rows, name = self.numbers["topic_sizes"].between(*dates).sums(), "inquiries"
        return {row["about"]: row[name] for row in rows if row["mode"] == mode and row["about"]}

    def _ended(self, record: str) -> DayNumbers:
        return self.numbers["ended_cases"].where("record", record)

    def _ended_between(self, dates: Dates) -> DayNumbers:
        """Return the investigations that were answered on some dates, in the workspace's zone."""
        found = self._ended("investigation")
        first, last = (epoch_us(midnight(self.zone, on)) for on in (dates[0], dates[1] + DAY))
        return found.of((found["ended_us"] >= first) & (found["ended_us"] < last))

    def _since_first(self, question: str) -> DayNumbers:
        return self.numbers[question].between(self.mondays[0], None)


def past_weeks(*, workspace: WorkspaceRecord, until: date, at: datetime) -> PastWeeks | None:
    """Return the last 13 weeks up to a date, the week of that date included; None: not counted."""
    monday = until - timedelta(days=until.weekday())
    mondays = tuple(monday - back * WEEK for back in reversed(range(WEEKS)))
    found = day_numbers(
        NAME, workspace_id=workspace.id, questions=QUESTIONS, since=mondays[0] - DAY
    )
    if found is None:
        return None
    ground = ground_of(workspace)
    timetable = ground.timetable((mondays[0].year - 1, at.year + 1))
    return PastWeeks(*found, mondays, workspace.zone, timetable, at)


def _wait(seconds: Ints) -> Wait:
    return Wait(percentiles(seconds, [0.5])[0], len(seconds))
