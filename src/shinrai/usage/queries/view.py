"""Everything the page of habit shows, as one question over one scope."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.queries import declared_events
from shinrai.console.charts.marks import ChartMark
from shinrai.units.text import Text
from shinrai.usage.queries.activity import (
    Actives,
    LifecycleBucket,
    Stickiness,
    actives,
    lifecycle,
    stickiness,
)
from shinrai.usage.queries.actors import actors_merged
from shinrai.usage.queries.cohorts import CohortRecord, cohort_people
from shinrai.usage.queries.habit import (
    IDLE_DAYS,
    USUAL_DAYS,
    Churned,
    LearningMonth,
    churned,
    learning_retention,
    recorded_contracts,
    streaks,
)
from shinrai.usage.queries.retention import RetentionRequest, RetentionTriangle, retention
from shinrai.usage.queries.scope import BadUsageQuestion, Span, UsageScope
from shinrai.usage.rules.cohort import CohortDefinition
from shinrai.usage.rules.periods import Period, today
from shinrai.warehouse.store import Warehouse

COLUMNS: Final[dict[Period, int]] = {"day": 14, "week": 8, "month": 12}
MOST_ROWS: Final = 120  # of a triangle on a page
RECENT_DAYS: Final = 28  # of habit
MONTHS: Final = 6


@dataclass(frozen=True)
class UsageQuestion:
    """What the page of habit is asked: whose usage, in which periods, and what is a return."""

    retention: RetentionRequest
    cohort: CohortRecord | None = None
    least_days: int = USUAL_DAYS
    idle_days: int = IDLE_DAYS

    def has_habit_of(self, other: "UsageQuestion") -> bool:
        """Return whether both ask for the habit of the same people, counted alike."""
        mine, theirs = self.retention, other.retention
        return (mine.start, mine.where, self.cohort) == (
            theirs.start,
            theirs.where,
            other.cohort,
        ) and (self.least_days, self.idle_days) == (other.least_days, other.idle_days)

    @property
    def span(self) -> Span:
        """Return the dates and the periods asked about."""
        return self.retention.span


def usual_question(zone: str, at: datetime, period: Period = "week") -> UsageQuestion:
    """Return the question of the first view: who came back, by the period of the first time."""
    span = Span(period, first_day(zone, at, period, COLUMNS[period]))
    return UsageQuestion(RetentionRequest(span, periods=COLUMNS[period], kind="first-time"))


def first_day(zone: str, at: datetime, period: Period, count: int) -> date:
    """Return a date in the first of so many periods, of which the last is the one that runs."""
    on = today(zone, at)
    if period != "month":
        return on - timedelta(days=(count - 1) * (7 if period == "week" else 1))
    for _month in range(count - 1):
        on = on.replace(day=1) - timedelta(days=1)
    return on.replace(day=1)


@dataclass(frozen=True)
class HabitView:
    """Who is active lately, who learns, and who has left: what no period of a question changes.

    `streaks`: persons by the length of the streak that runs; 0 is none.
    """

    days: Stickiness
    actives: Sequence[Actives]
    learning: Sequence[LearningMonth]
    streaks: Counter[int]
    churned: Churned


@dataclass(frozen=True)
class UsageView:
    """The answers of the page of habit; `habit` is None where nobody asked for it."""

    question: UsageQuestion
    at: datetime
    triangle: RetentionTriangle
    lifecycle: Sequence[LifecycleBucket]
    habit: HabitView | None
    marks: Sequence[ChartMark]


def workspace_scope(
    workspace: WorkspaceRecord, *, at: datetime, warehouse: Warehouse, question: UsageQuestion
) -> UsageScope:
    """Return whose usage a question is about.

    Raises: UnknownZone.
    """
    scope = UsageScope(
        workspace.id, workspace.zone, at, warehouse, persons=actors_merged(workspace.id)
    )
    if question.cohort is None:
        return scope
    return replace(scope, people=cohort_people(scope, question.cohort.definition))


def usage_view(
    workspace: WorkspaceRecord,
    *,
    at: datetime,
    warehouse: Warehouse,
    question: UsageQuestion,
    has_habit: bool = True,
) -> UsageView:
    """Answer everything on the page.

    Raises: BadUsageQuestion, UnknownZone.
    """
    scope = workspace_scope(workspace, at=at, warehouse=warehouse, question=question)
    asked, span = question.retention, question.span
    first, last = span.bounds(scope, usual=asked.periods)
    if last - first >= MOST_ROWS:
        raise BadUsageQuestion(
            Text(
                "that would be {count:,} rows; ask for fewer dates or a longer period",
                count=last - first + 1,
            )
        )
    return UsageView(
        question,
        at,
        retention(scope, asked),
        lifecycle(scope, span, event=asked.start, where=asked.where),
        _habit(scope, question) if has_habit else None,
        [
            ChartMark(one.first_on, one.last_on, one.name)
            for one in reversed(declared_events(workspace_id=workspace.id))
        ],
    )


def _habit(scope: UsageScope, question: UsageQuestion) -> HabitView:
    recent, of_habit = recent_days(scope), habit_scope(scope, question)
    event, where = question.retention.start, question.retention.where
    return HabitView(
        stickiness(scope, recent, event=event, where=where),
        actives(scope, recent, event=event, where=where),
        learning_retention(
            of_habit,
            since=first_day(scope.zone, scope.at, "month", MONTHS + 1),
            until=scope.today.replace(day=1) - timedelta(days=1),
            least_days=question.least_days,
            event=event,
            contracts=recorded_contracts(scope.workspace_id),
        ),
        Counter(one.current for one in streaks(of_habit, event=event)),
        churned(of_habit, idle_days=question.idle_days, event=event),
    )


def recent_days(scope: UsageScope) -> Span:
    """Return the last days that are over."""
    return Span("day", scope.today - timedelta(days=RECENT_DAYS), scope.today - timedelta(days=1))


def habit_scope(scope: UsageScope, question: UsageQuestion) -> UsageScope:
    """Return whose habit is asked about: where properties are named, of who ever had them."""
    where = question.retention.where
    if not where:
        return scope
    return replace(scope, people=cohort_people(scope, CohortDefinition(where=where)))
