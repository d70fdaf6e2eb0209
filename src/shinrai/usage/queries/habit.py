"""Habit: active days in a month, learning retention, streaks, and who has left (離脱).

A day of habit is a date in the person's own zone; it counts once, whatever was done in it.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from django.conf import settings
from django.utils.module_loading import import_string

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.text import Text
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.scope import BadUsageQuestion, UsageScope
from shinrai.usage.rules.contracts import ContractSpan, Covered, covered
from shinrai.usage.rules.periods import DAY_ZERO, PeriodBuckets, month_span, months_between

Basis = Literal["contract", "activity"]
USUAL_DAYS: Final = 4  # active days that make a month one of learning, unless said otherwise
IDLE_DAYS: Final = 30


@dataclass(frozen=True)
class ActiveDays:
    """The active days of one person in one month."""

    person: int
    month: date
    days: int


@dataclass(frozen=True)
class LearningMonth:
    """Learning retention of one month: learners with enough active days, of those there all month.

    `basis`: learners under contract for the whole month; without contracts, those who were active
    both before and after it, which says nothing of who left in it: such a share is too high.
    `apart` are those who joined or left within the month. `share` is None while the month, or what
    tells of it, is not over.
    """

    month: date
    least_days: int
    basis: Basis
    share: Share | None
    apart: int

    @property
    def interval(self) -> Interval | Unknown:
        """Return the 95 % interval."""
        if self.share is None:
            return Unknown("the month is not over")
        return wilson(self.share.count, self.share.of)


@dataclass(frozen=True)
class Streak:
    """A person's runs of active days without a gap: that which still runs (0: none), the longest.

    A streak runs until a whole day has passed without use.
    """

    person: int
    current: int
    longest: int


@dataclass(frozen=True)
class Churned:
    """Persons who were ever active, and those without an active day for `idle_days` whole days.

    This is 離脱, not the end of a contract (解約).
    """

    on: date
    idle_days: int
    share: Share
    people: tuple[tuple[int, date], ...]  # who, and their last active day

    @property
    def interval(self) -> Interval | Unknown:
        """Return the 95 % interval of the share."""
        return wilson(self.share.count, self.share.of)


def _own_days(scope: UsageScope, event: str | None) -> object:
    from shinrai.usage.measures import habit

    return habit.active(scope.reading(PeriodBuckets("day", scope.zone), own=True), event=event)


def _months(scope: UsageScope, since: date | None, until: date | None) -> list[date]:
    until = until or scope.today
    since = since or until
    if since > until:
        raise BadUsageQuestion(
            Text("{since} comes after {until}: give dates in order", since=since, until=until)
        )
    return months_between(since, until)


def active_days(
    scope: UsageScope, *, since: date | None, until: date | None, event: str | None = None
) -> list[ActiveDays]:
    """Return the active days of each person in the months that the dates touch.

    Without dates: this month. Months without an active day have no row.
    Raises: BadUsageQuestion.
    """
    from shinrai.usage.measures import habit

    months = PeriodBuckets("month", scope.zone)
    wanted = _months(scope, since, until)
    found = habit.active_days(_own_days(scope, event), months=months)
    inside = found.filter(found.month.between(months.of_day(wanted[0]), months.of_day(wanted[-1])))
    rows = scope.ask(rows=inside.order_by("month", "person_id"))["rows"]
    starts = {months.of_day(month): month for month in wanted}
    return [ActiveDays(row["person_id"], starts[row["month"]], row["days"]) for row in rows]


def recorded_contracts(workspace_id: int) -> list[ContractSpan] | None:
    """Return the contracts of learners that the workspace knows; None if it knows none.

    They lie in a package above this one, which settings name.
    """
    read: Callable[[int], list[ContractSpan] | None] = import_string(settings.SHINRAI_CONTRACTS)
    return read(workspace_id)


def learning_retention(
    scope: UsageScope,
    *,
    since: date | None,
    until: date | None,
    least_days: int = USUAL_DAYS,
    contracts: Sequence[ContractSpan] | None = None,
    event: str | None = None,
) -> list[LearningMonth]:
    """Return the learning retention of the months that the dates touch.

    `event` is what makes a day one of learning; without it, anything.
    Raises: BadUsageQuestion.
    """
    if least_days < 1:
        raise BadUsageQuestion(Text("a month of learning has at least one active day"))
    months = _months(scope, since, until)
    learned: dict[date, dict[int, int]] = {month: {} for month in months}
    for one in active_days(scope, since=months[0], until=months[-1], event=event):
        learned[one.month][one.person] = one.days
    seen = lives(scope) if contracts is None else {}
    merged = _merged(scope, contracts or ())
    found = []
    for month in months:
        first, after = month_span(month)
        if contracts is None:
            there = _seen_around(seen, first, after)
            # nobody was seen after a month that has just ended: give them a month to be seen
            is_over = month_span(after)[1] <= scope.today
        else:
            there, is_over = covered(merged, first=first, after=after), after <= scope.today
        if scope.people is not None:
            there = Covered(there.whole & scope.people, there.part & scope.people)
        kept = sum(1 for person in there.whole if learned[month].get(person, 0) >= least_days)
        found.append(
            LearningMonth(
                month,
                least_days,
                "activity" if contracts is None else "contract",
                Share(kept, len(there.whole)) if is_over else None,
                len(there.part),
            )
        )
    return found


def learners(
    scope: UsageScope,
    month: date,
    *,
    least_days: int,
    event: str | None = None,
    contracts: Sequence[ContractSpan] | None = None,
) -> tuple[set[int], set[int]]:
    """Return the learners of a month, as `learning_retention` counts, and those who kept at it."""
    first, after = month_span(month)
    if contracts is None:
        there = set(_seen_around(lives(scope), first, after).whole)
    else:
        there = set(covered(_merged(scope, contracts), first=first, after=after).whole)
    if scope.people is not None:
        there &= scope.people
    active = active_days(scope, since=first, until=first, event=event)
    return there, {one.person for one in active if one.days >= least_days} & there


def _merged(scope: UsageScope, contracts: Sequence[ContractSpan]) -> list[ContractSpan]:
    return [
        ContractSpan(scope.persons.get(one.person, one.person), one.since, one.until)
        for one in contracts
    ]


def _seen_around(seen: Mapping[int, tuple[date, date]], first: date, after: date) -> Covered:
    """Return who was active before a month and after it, and who began or ended in it."""
    whole = {person for person, (begin, end) in seen.items() if begin < first and end >= after}
    there = {person for person, (begin, end) in seen.items() if begin < after and end >= first}
    return Covered(frozenset(whole), frozenset(there - whole))


def lives(scope: UsageScope, event: str | None = None) -> dict[int, tuple[date, date]]:
    """Return the first and the last active day of each person."""
    from shinrai.usage.measures import habit

    return {
        row["person_id"]: (_date(row["first_bucket"]), _date(row["last_bucket"]))
        for row in scope.ask(rows=habit.lives(_own_days(scope, event)))["rows"]
    }


def _date(day: int) -> date:
    return DAY_ZERO + timedelta(days=day)


def streaks(scope: UsageScope, *, event: str | None = None) -> list[Streak]:
    """Return the current and the longest streak of each person."""
    from shinrai.usage.measures import habit

    yesterday = (scope.today - DAY_ZERO).days - 1
    current: Counter[int] = Counter()
    longest: dict[int, int] = {}
    for row in scope.ask(rows=habit.streaks(_own_days(scope, event)))["rows"]:
        person, days = row["person_id"], row["days"]
        longest[person] = max(longest.get(person, 0), days)
        if row["last_bucket"] >= yesterday:
            current[person] = days
    return [Streak(person, current[person], days) for person, days in sorted(longest.items())]


def churned(scope: UsageScope, *, idle_days: int = IDLE_DAYS, event: str | None = None) -> Churned:
    """Return who has not been active for so many whole days.

    Raises: BadUsageQuestion.
    """
    seen = lives(scope, event)
    last_kept = last_day_kept(scope.today, idle_days)
    gone = sorted(
        ((person, last) for person, (_first, last) in seen.items() if last < last_kept),
        key=lambda one: (one[1], one[0]),
    )
    return Churned(scope.today, idle_days, Share(len(gone), len(seen)), tuple(gone))


def last_day_kept(today: date, idle_days: int) -> date:
    """Return the first date such that whoever was active on it, or later, has not left.

    Raises: BadUsageQuestion.
    """
    if not 1 <= idle_days <= 3_660:
        raise BadUsageQuestion(Text("say 1 to 3660 days without use, not {days}", days=idle_days))
    return today - timedelta(days=idle_days)
