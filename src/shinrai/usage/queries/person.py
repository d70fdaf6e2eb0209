"""One person's days of habit, and the household they belong to."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from shinrai.customers.queries import LinkRecord, customer_by_number, person_links
from shinrai.ledger.queries import CaseHead, cases_of_customer, steps_of
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.queries.actors import MergeRecord, merges, same_person
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.periods import today

MOST_INQUIRIES: Final = 100
YEAR: Final = 12


class UnknownUsagePerson(UserError, LookupError):
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


@dataclass(frozen=True)
class Relative:
    """Somebody of the person's household: a guardian, or a learner of the same guardian."""

    number: int
    is_guardian: bool
    link: LinkRecord


@dataclass(frozen=True)
class HouseholdInquiry:
    """A case that somebody of the household wrote."""

    case: CaseHead
    received_at: datetime | None


@dataclass(frozen=True)
class HouseholdAround:
    """Who belongs to a person by links that hold, what they asked, and the merges that stand."""

    relatives: tuple[Relative, ...]
    inquiries: tuple[HouseholdInquiry, ...]
    merges: tuple[MergeRecord, ...]


def person_habit(scope: UsageScope, number: int) -> PersonHabit:
    """Return the days of use of the person that an actor is.

    Raises: UnknownUsagePerson.
    """
    from shinrai.usage.measures.people import days_of_actors

    if customer_by_number(workspace_id=scope.workspace_id, number=number) is None:
        raise UnknownUsagePerson(Text("there is no person with this number"))
    actors = same_person(scope.workspace_id, number)
    rows = scope.of_actors(actors).ask(rows=days_of_actors())["rows"]
    days: dict[date, DayOfUse] = {}
    for row in rows:
        day = days.setdefault(row["own_on"], DayOfUse(row["own_on"]))
        day.events[row["event"]] += row["count"]
    return PersonHabit(number, tuple(actors), days, today(scope.zone, scope.at))


def household(workspace_id: int, actors: tuple[int, ...], *, on: date) -> HouseholdAround:
    """Return who belongs to a person on a day, and the cases that any of them wrote."""
    links = person_links(workspace_id=workspace_id, on=on)
    own = [one for one in links if one.learner_id in actors]
    guardians = {one.guardian_id for one in own}
    guardians |= {one.guardian_id for one in links if one.guardian_id in actors}
    relatives = [Relative(one.guardian_id, is_guardian=True, link=one) for one in own]
    relatives += [
        Relative(one.learner_id, is_guardian=False, link=one)
        for one in links
        if one.guardian_id in guardians and one.learner_id not in actors
    ]
    writers = sorted({*actors, *guardians})
    cases = [
        case
        for number in writers
        for case in cases_of_customer(workspace_id=workspace_id, number=number)
    ]
    newest = sorted(cases, key=lambda case: -case.id)[:MOST_INQUIRIES]
    steps = steps_of([case.id for case in newest], workspace_id=workspace_id)
    found = [
        HouseholdInquiry(case, min((step.at for step in steps.get(case.id, ())), default=None))
        for case in newest
        if steps.get(case.id)  # cases of an import that does not count have none
    ]
    standing = [
        one
        for one in merges(workspace_id)
        if one.stands and (one.actor in actors or one.into in actors)
    ]
    return HouseholdAround(tuple(relatives), tuple(found), tuple(standing))


def learners_of(workspace_id: int, customer_id: int, *, on: date) -> tuple[int, ...]:
    """Return the learners of whoever wrote a case: linked ones, and themselves if they study."""
    links = person_links(workspace_id=workspace_id, on=on)
    return tuple(sorted({one.learner_id for one in links if one.guardian_id == customer_id}))
