"""The people behind a figure of usage, with their first and last active day."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final, Literal, get_args

from shinrai.units.text import Text
from shinrai.usage.queries.habit import churned, learners, recorded_contracts, streaks
from shinrai.usage.queries.retention import returning
from shinrai.usage.queries.scope import BadUsageQuestion, UsageScope
from shinrai.usage.queries.view import UsageQuestion, habit_scope, recent_days
from shinrai.usage.rules.periods import DAY_ZERO, PeriodBuckets

if TYPE_CHECKING:
    import ibis.expr.types as ir

Figure = Literal[
    "retention", "active", "new", "returning", "resurrecting", "dormant", "days",
    "dau", "wau", "mau", "learners", "learned", "streak", "churned", "cohort",
]  # fmt: skip
FIGURES: Final[tuple[Figure, ...]] = get_args(Figure)
OF_A_BUCKET: Final = ("active", "new", "returning", "resurrecting", "dormant")
WINDOWS: Final = {"dau": 1, "wau": 7, "mau": 30}
MOST: Final = 100_000


@dataclass(frozen=True)
class FigureAsked:
    """A figure of the page: of which date, in which column, or from how many days to how many."""

    figure: Figure
    on: date | None = None
    low: int = 0
    high: int = MOST

    @property
    def date(self) -> date:
        """Return the date. Raises: BadUsageQuestion if none is given."""
        if self.on is None:
            raise BadUsageQuestion(Text("say of which date"))
        return self.on


@dataclass(frozen=True)
class UsagePerson:
    """A person behind a figure: a number, and when they were active, in their own days."""

    number: int
    first_on: date
    last_on: date
    days: int


def people_behind(
    scope: UsageScope, question: UsageQuestion, asked: FigureAsked
) -> list[UsagePerson]:
    """Return the persons behind a figure, those active last first.

    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures import habit

    of_habit = habit_scope(scope, question)
    known = _known(of_habit, question, asked)
    reading = replace(scope, people=None).reading(PeriodBuckets("day", scope.zone), own=True)
    lives: Any = habit.lives(habit.active(reading))
    if known is None:
        lives = lives.semi_join(_expression(scope, question, asked), "person_id")
        rows = scope.ask(rows=lives)["rows"]
    else:
        reading = replace(reading, has_cohort=True)
        some = replace(scope, people=frozenset(known))
        rows = some.ask(rows=habit.lives(habit.active(reading)))["rows"]
    found = [
        UsagePerson(
            row["person_id"], _date(row["first_bucket"]), _date(row["last_bucket"]), row["days"]
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.last_on.toordinal(), one.number))


def _known(scope: UsageScope, question: UsageQuestion, asked: FigureAsked) -> Iterable[int] | None:
    """Return the persons of a figure of habit; None if an expression finds them."""
    event = question.retention.start
    if asked.figure == "cohort":
        return scope.people or ()
    if asked.figure == "churned":
        return [
            one for one, _on in churned(scope, idle_days=question.idle_days, event=event).people
        ]
    if asked.figure == "streak":
        kept = range(asked.low, asked.high + 1)
        return [one.person for one in streaks(scope, event=event) if one.current in kept]
    if asked.figure in ("learners", "learned"):
        there, learned = learners(
            scope,
            asked.date,
            least_days=question.least_days,
            event=event,
            contracts=recorded_contracts(scope.workspace_id),
        )
        return learned if asked.figure == "learned" else there
    return None


def _expression(scope: UsageScope, question: UsageQuestion, asked: FigureAsked) -> "ir.Table":
    from shinrai.usage.measures import habit, people

    request = question.retention
    event, where = request.start, request.where
    if asked.figure == "retention":
        buckets = request.span.buckets(scope)
        reading = scope.reading(buckets, windows=request.windows)
        base, column = buckets.of_day(asked.date), min(asked.low, request.periods - 1)
        return people.of_cell(reading, returning(scope, request), base=base, column=column)
    if asked.figure in OF_A_BUCKET:
        buckets = request.span.buckets(scope)
        found = habit.active(scope.reading(buckets), event=event, where=where)
        return people.of_bucket(found, bucket=buckets.of_day(asked.date), part=asked.figure)
    daily = PeriodBuckets("day", scope.zone)
    found = habit.active(scope.reading(daily), event=event, where=where)
    if asked.figure == "days":
        first, last = recent_days(scope).bounds(scope, usual=1)
        return people.of_buckets(found, first=first, last=last, low=asked.low, high=asked.high)
    last = daily.of_day(asked.date)
    first = last - WINDOWS[asked.figure] + 1
    return people.of_buckets(found, first=first, last=last, low=1, high=MOST)


def _date(day: int) -> date:
    return DAY_ZERO.fromordinal(DAY_ZERO.toordinal() + day)
