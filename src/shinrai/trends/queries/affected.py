"""Who had a failure by their usage, who of them wrote, and how many are active in a week."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from shinrai.customers.queries import all_links, known_alike
from shinrai.trends.models import FailureMapping
from shinrai.trends.rules.arrived import Arrived
from shinrai.trends.rules.ranking import NO_MAPPING, NO_USAGE, WEEKS, Silent, silent_of
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.scope import UsageScope
from shinrai.usage.rules.periods import PeriodBuckets

ACTORS: Final = "usage"  # the source whose customers are actors
MOST_WRITERS: Final = 20_000


@dataclass(frozen=True)
class Failure:
    """The event of usage that shows what a topic is about, with a property's value or none."""

    topic: str
    event: str
    property: str = ""
    value: str = ""


def failures(*, workspace_id: int) -> dict[str, Failure]:
    """Return the failure of each topic that has one; the newest step counts."""
    rows = FailureMapping.objects.filter(workspace_id=workspace_id).order_by("id")
    newest = {row.topic: row for row in rows}
    return {
        topic: Failure(topic, row.event, row.property, row.value)
        for topic, row in newest.items()
        if row.event
    }


class Affected:
    """Whose usage shows failures, and which customers are the same persons or their household."""

    def __init__(self, scope: UsageScope) -> None:
        self.scope = scope
        self.failures = failures(workspace_id=scope.workspace_id)
        self._households: dict[int, set[int]] | None = None

    def active_persons(self, last: date) -> float | Unknown:
        """Return how many persons are active in a week, on average of the four up to a date."""
        import ibis

        from shinrai.usage.measures.acts import active_rows

        days = PeriodBuckets("day", self.scope.zone)
        ends = days.of_day(last)
        first = ends - 7 * WEEKS + 1
        found: Any = active_rows(self.scope.reading(days), within=(first, ends))
        weekly = found.mutate(week=(found.bucket - first) // 7)
        asked = weekly.group_by("week").aggregate(persons=weekly.person_id.nunique())
        rows = self.scope.ask(weeks=asked.select(ibis._.week, ibis._.persons))["weeks"]
        return sum(row["persons"] for row in rows) / WEEKS if rows else NO_USAGE

    def silent(self, topic: str, found: Arrived, *, first: date, last: date) -> Silent | Unknown:
        """Return who was affected between two dates and did not write about the topic by then.

        Whoever wrote is looked for in usage by links of households, and by equal identifiers.
        """
        failure = self.failures.get(topic)
        if failure is None:
            return NO_MAPPING
        affected = self._persons(failure, first, last)
        since = found.of(found.on >= first.toordinal()).about("topic", topic)
        writers = {one for one in set(since.customer.tolist()) if one > 0}
        persons = self._as_persons(writers)
        both = {number for number, group in persons.items() if group & affected}
        seen = {person for group in persons.values() for person in group & affected}
        found_in_usage = [number for number, group in persons.items() if group]
        if not affected:
            return silent_of(failure.event, 0, len(found_in_usage), 0)
        # A guardian of two affected children wrote for both: writers count as persons seen.
        beyond = len(found_in_usage) - len(both)
        return silent_of(failure.event, len(affected), len(seen) + beyond, len(seen))

    def silent_persons(self, topic: str, found: Arrived, *, first: date, last: date) -> set[int]:
        """Return the persons `silent` counts; none where the topic has no failure event."""
        failure = self.failures.get(topic)
        if failure is None:
            return set()
        since = found.of(found.on >= first.toordinal()).about("topic", topic)
        writers = {one for one in set(since.customer.tolist()) if one > 0}
        wrote = {one for group in self._as_persons(writers).values() for one in group}
        return self._persons(failure, first, last) - wrote

    def _persons(self, failure: Failure, first: date, last: date) -> set[int]:
        from shinrai.usage.measures.acts import acts

        days = PeriodBuckets("day", self.scope.zone)
        where = ((failure.property, failure.value),) if failure.property else ()
        found: Any = acts(
            self.scope.reading(days),
            event=failure.event,
            where=where,
            within=(days.of_day(first), days.of_day(last)),
        )
        rows = self.scope.ask(persons=found.select("person_id").distinct())["persons"]
        return {row["person_id"] for row in rows}

    def _as_persons(self, writers: set[int]) -> dict[int, set[int]]:
        """Return the persons of usage behind each customer who wrote; none: an empty set."""
        merged = self.scope.persons
        if self._households is None:
            self._households = {}
            for link in all_links(workspace_id=self.scope.workspace_id):
                learner = merged.get(link.learner_id, link.learner_id)
                self._households.setdefault(link.guardian_id, set()).add(learner)
        some = sorted(writers)[:MOST_WRITERS]
        alike = known_alike(workspace_id=self.scope.workspace_id, numbers=some, source=ACTORS)
        return {
            one: self._households.get(one, set())
            | ({merged.get(alike[one], alike[one])} if one in alike else set())
            for one in some
        }
