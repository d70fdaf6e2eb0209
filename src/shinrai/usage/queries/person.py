"""One person's days of habit."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from shinrai.customers.queries import customer_by_number
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.queries.actors import same_person
from shinrai.usage.queries.scope import UsageScope

YEAR: Final = 12


class UnknownActor(UserError, LookupError):
    """The workspace knows no person with this number."""


@dataclass(frozen=True)
class DayOfUse:
    """What a person did on a date of their own: how often each event."""

    on: date
    events: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class PersonHabit:
    """Every day of use of a person, by date; `actors` are the identifiers that are this person."""

    number: int
    actors: tuple[int, ...]
    days: dict[date, DayOfUse]
    today: date

    @property
    def first_on(self) -> date:
        """Return the first active day; today without any."""
        return min(self.days, default=self.today)

    @property
    def last_on(self) -> date:
        """Return the last active day; today without any."""
        return max(self.days, default=self.today)

    @property
    def streak(self) -> int:
        """Return the active days in a row up to today, or up to yesterday; 0 if it has ended."""
        day = self.today if self.today in self.days else self.today - timedelta(days=1)
        count = 0
        while day in self.days:
            count, day = count + 1, day - timedelta(days=1)
        return count

    @property
    def longest(self) -> int:
        """Return the longest run of active days without a gap."""
        best = run = 0
        before = None
        for day in sorted(self.days):
            run = run + 1 if before is not None and day - before == timedelta(days=1) else 1
            best, before = max(best, run), day
        return best

    def of_month(self, month: date) -> list[DayOfUse]:
        """Return the active days of a month, in order."""
        return [
            self.days[day]
            for day in sorted(self.days)
            if (day.year, day.month) == (month.year, month.month)
        ]

    def months(self, last: date) -> list[tuple[date, int]]:
        """Return the active days of twelve months up to one, the first month first."""
        counts = Counter(day.replace(day=1) for day in self.days)
        found, month = [], last.replace(day=1)
        for _ in range(YEAR):
            found.append((month, counts[month]))
            month = (month - timedelta(days=1)).replace(day=1)
        return found[::-1]


def person_habit(scope: UsageScope, number: int) -> PersonHabit:
    """Return the days of use of the person that an actor is.

    Raises: UnknownActor.
    """
    from shinrai.usage.measures.people import days_of_actors

    if customer_by_number(workspace_id=scope.workspace_id, number=number) is None:
        raise UnknownActor(Text("there is no person with this number"))
    actors = same_person(scope.workspace_id, number)
    rows = scope.of_actors(actors).ask(rows=days_of_actors())["rows"]
    days: dict[date, DayOfUse] = {}
    for row in rows:
        day = days.setdefault(row["own_on"], DayOfUse(row["own_on"]))
        day.events[row["event"]] += row["count"]
    return PersonHabit(number, tuple(actors), days, scope.today)
