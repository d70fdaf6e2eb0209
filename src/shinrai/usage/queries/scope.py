"""What every question about usage shares: the workspace, the moment, and whose usage counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from django.conf import settings

from shinrai.calendars.rules.time_zone import zone_named
from shinrai.units.errors import UserError
from shinrai.units.moments import epoch_us
from shinrai.units.text import Text
from shinrai.usage.rules.periods import Period, PeriodBuckets, WeekStart, today
from shinrai.warehouse.store import Warehouse

if TYPE_CHECKING:
    from shinrai.usage.measures.acts import Reading

MOST_BUCKETS: Final = 5_000  # rows of one answer; a question for more is a mistake


class BadUsageQuestion(UserError, ValueError):
    """A question about usage that has no answer as it was asked."""


@dataclass(frozen=True)
class UsageScope:
    """Whose usage is asked about, and at which moment.

    `persons` says of merged actors which person they are. `people`: nobody else counts.
    `by`: actors are persons, or the companies and households that events name.
    """

    workspace_id: int
    zone: str
    at: datetime
    warehouse: Warehouse
    persons: Mapping[int, int] = field(default_factory=dict)
    people: frozenset[int] | None = None
    by: Literal["person", "company"] = "person"

    @property
    def today(self) -> date:
        """Return the date in the workspace's zone."""
        return today(self.zone, self.at)

    def of_actors(self, actors: Iterable[int]) -> "UsageScope":
        """Return the scope of these actors alone, as they are before merges."""
        return replace(self, persons={}, people=frozenset(actors))

    def reading(
        self, buckets: PeriodBuckets, *, own: bool = False, windows: bool = False
    ) -> "Reading":
        """Return how rows are read; `own`: by the date in each person's own zone."""
        from shinrai.usage.measures.acts import Reading

        by_moment = not own and (buckets.period == "hour" or buckets.zone != self.zone)
        return Reading(
            buckets=buckets,
            at=self.at,
            on="own_on" if own else "zone_on",
            by=self.by,
            by_moment=by_moment,
            reads_events=windows,
            has_merges=bool(self.persons),
            has_cohort=self.people is not None,
        )

    def ask(self, **expressions: Any) -> dict[str, list[dict[str, Any]]]:
        """Run expressions over this workspace's usage and return the rows of each."""
        import pyarrow as pa

        from shinrai.usage.facts import EVENT_TABLES

        if settings.SHINRAI_ENGINE:
            from shinrai.warehouse.spark import run_all_on_spark, session_at

            session = session_at(settings.SHINRAI_ENGINE, settings.STORAGE_KEYS)
            run_all: Any = partial(run_all_on_spark, session)
        else:
            from shinrai.warehouse.query import run_all

        number = pa.int64()
        actors, merged = pa.array(self.persons.keys(), number), self.persons.values()
        given = {
            "usage_persons": pa.table({"actor_id": actors, "person_id": pa.array(merged, number)}),
            "usage_cohort": pa.table({"person_id": pa.array(self.people or (), number)}),
        }
        answers = run_all(
            self.warehouse,
            expressions,
            tables=EVENT_TABLES,
            within={"workspace_id": self.workspace_id},
            given=given,
            parameters={"at": epoch_us(self.at)},
        )
        return {name: answer.records() for name, answer in answers.items()}


@dataclass(frozen=True)
class Span:
    """Dates asked about, both included, in buckets of a period; no zone: the workspace's.

    Without dates: the last `usual` buckets up to the moment asked about. PeriodBuckets count whole.
    """

    period: Period = "day"
    since: date | None = None
    until: date | None = None
    zone: str | None = None
    week_starts: WeekStart = "sunday"

    def buckets(self, scope: UsageScope) -> PeriodBuckets:
        """Return how time is cut.

        Raises: UnknownZone.
        """
        zone = zone_named(self.zone or scope.zone).key
        return PeriodBuckets(self.period, zone, self.week_starts)

    def bounds(self, scope: UsageScope, *, usual: int) -> tuple[int, int]:
        """Return the first and the last bucket; none begins after the moment asked about.

        Raises: BadUsageQuestion, UnknownZone.
        """
        buckets = self.buckets(scope)
        now = buckets.of_moment(scope.at)
        until = self.until or today(buckets.zone, scope.at)
        if self.since is not None and self.since > until:
            raise BadUsageQuestion(
                Text(
                    "{since} comes after {until}: give dates in order",
                    since=self.since,
                    until=until,
                )
            )
        first, last = buckets.first_and_last(self.since or until, until)
        last = min(last, now)
        first = last - usual + 1 if self.since is None else first
        if last - first >= MOST_BUCKETS:
            raise BadUsageQuestion(
                Text(
                    "that would be {count:,} rows; ask for fewer dates or a longer period",
                    count=last - first + 1,
                )
            )
        return first, last
