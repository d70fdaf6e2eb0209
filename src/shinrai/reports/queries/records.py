"""The records that a report consists of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import EventRecord
from shinrai.console.rules.changes import Change
from shinrai.initiatives.rules.progress import InitiativeRecord
from shinrai.objectives.queries.showing import VerdictBeside
from shinrai.objectives.queries.standings import DueLine, ObjectiveReport
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.quality.queries.periods import PeriodQuality
from shinrai.reports.rules.periods import Period
from shinrai.units.share import Share
from shinrai.units.text import Text, bilingual
from shinrai.units.unknown import Unknown
from shinrai.warehouse.fresh import Fresh
from shinrai.workload.queries.summary import WorkSummary


@dataclass(frozen=True)
class Week:
    """Some dates, such as a week, and the share kept of the clocks due in them."""

    first: date
    last: date
    share: Share
    is_over: bool


@dataclass(frozen=True)
class WaitSpread:
    """How long answers took in business time: median, mean and 90th percentile, in seconds."""

    count: int
    median_s: int
    mean_s: int
    tail_s: int


@dataclass(frozen=True)
class Section:
    """One objective over the report's dates, over its own window, and over the spans before.

    `trend` are the weeks or months before, then the reported one; `weeks` are the report's dates
    cut at Mondays.
    """

    report: ObjectiveReport
    own: ObjectiveReport
    calendar: str
    trend: tuple[Week, ...]
    weeks: tuple[Week, ...]
    misses: tuple[DueLine, ...]
    change: Change
    verdict: VerdictBeside | None
    never_paused: Share
    spread: WaitSpread | Unknown

    @property
    def heads(self) -> VerdictBeside | None:
        """Return the frozen verdict if its window has just the report's dates; else None."""
        found, span = self.verdict, self.report.standing.span
        if found is None:
            return None
        is_whole = (found.verdict.window.start, found.verdict.window.end) == (span.start, span.end)
        return found if is_whole else None

    @property
    def lost(self) -> WindowSpan | None:
        """Return the objective's own window if it is broken or can no longer be kept, else None.

        A window that closed in the report's dates is judged by its frozen verdict.
        """
        if self.own.standing.is_lost:
            return self.own.standing.span
        found = self.verdict
        return found.verdict.window if found and found.verdict.is_met is False else None

    @property
    def is_met(self) -> bool | None:
        """Return whether the share kept reached the target; None if nothing was due."""
        if self.heads is not None:
            return self.heads.verdict.is_met
        fraction = self.report.standing.attained.share.fraction
        if isinstance(fraction, Unknown):
            return None
        return fraction >= self.report.standing.objective.target


@dataclass(frozen=True)
class CalendarMark:
    """A holiday or closed day in a drawn period: the index of that period, and the day's name."""

    index: int
    name: str
    name_ja: str

    @property
    def title(self) -> Text:
        return bilingual(self.name, self.name_ja) if self.name else Text("closed", context="date")


@dataclass(frozen=True)
class RisenTopic:
    """A topic that came more often than chance explains: `at_least` so many times as often."""

    name: Text
    mode: str
    count: int
    mean_before: float
    at_least: float


@dataclass(frozen=True)
class MissedTopics:
    """The topics that `count` of the `of` cases missed in these dates are about."""

    topics: tuple[Text, ...]
    count: int
    of: int


@dataclass(frozen=True)
class Pressing:
    """A case that was late at the report's moment, or due by the next close."""

    line: DueLine
    objective: str
    record: str

    @property
    def is_late(self) -> bool:
        return self.line.state == "overdue"


@dataclass(frozen=True)
class PeriodReport:
    """A report: workspace, dates, moment, and all figures as at that moment."""

    workspace: WorkspaceRecord
    period: Period
    span: WindowSpan
    at: datetime
    sections: tuple[Section, ...]
    pressing: tuple[Pressing, ...]
    quality: PeriodQuality
    marks: tuple[CalendarMark, ...]
    work: WorkSummary
    work_before: WorkSummary
    versions: Mapping[str, int]
    fresh: Mapping[str, Fresh | None]
    from_steps: bool
    risen: tuple[RisenTopic, ...] | None = None  # None: there is nothing to compare
    missed: MissedTopics | None = None
    events: tuple[EventRecord, ...] = ()  # declared, in these dates
    initiatives: tuple[InitiativeRecord, ...] = ()  # not closed before these dates

    @property
    def first(self) -> date:
        return self.period.first

    @property
    def last(self) -> date:
        return self.period.last

    @property
    def worst_first(self) -> tuple[Section, ...]:
        """Return the objectives, lost windows first, then targets missed in these dates."""

        def rank(one: Section) -> tuple[Any, ...]:
            return (not one.lost, one.is_met is not False, one.own.standing.worst_first)

        return tuple(sorted(self.sections, key=rank))

    @property
    def late(self) -> int:
        """Return how many cases were late."""
        return sum(one.is_late for one in self.pressing)

    @property
    def at_risk(self) -> int:
        """Return how many cases were due by the next close."""
        return len(self.pressing) - self.late

    @property
    def is_empty(self) -> bool:
        """Return whether there is nothing at all to report."""
        there = self.quality.found.inquiries or self.quality.found.investigations
        before = self.quality.before.inquiries or self.quality.before.investigations
        return not (self.sections or there or before)
