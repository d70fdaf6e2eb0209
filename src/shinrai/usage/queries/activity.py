"""How many are active, how often, and who comes and goes: stickiness, lifecycle, actives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate
from typing import Literal

from shinrai.usage.queries.scope import Span, UsageScope
from shinrai.usage.rules.periods import Period

Where = tuple[tuple[str, str], ...]
NewBy = Literal["first-act", "profile"]
USUAL = 30


@dataclass(frozen=True)
class Stickiness:
    """Actors by the number of distinct buckets of a span in which they were active."""

    period: Period
    unit: str
    people: Mapping[int, int]


@dataclass(frozen=True)
class LifecycleBucket:
    """Who was active in a bucket, by what they did before, and who was in the one before only.

    `dormant` is None while the bucket is open: whoever is missing may still come.
    """

    start: date | datetime
    new: int
    returning: int
    resurrecting: int
    dormant: int | None

    @property
    def active(self) -> int:
        """Return how many were active."""
        return self.new + self.returning + self.resurrecting


@dataclass(frozen=True)
class Actives:
    """Distinct active actors on a day, and in the 7 and 30 days that end with it."""

    on: date
    dau: int
    wau: int
    mau: int


def stickiness(
    scope: UsageScope, span: Span, *, event: str | None = None, where: Where = ()
) -> Stickiness:
    """Return how many actors were active in how many buckets.

    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures import habit

    first, last = span.bounds(scope, usual=USUAL)
    found = habit.active(scope.reading(span.buckets(scope)), event=event, where=where)
    rows = scope.ask(rows=habit.stickiness(found, first=first, last=last))["rows"]
    return Stickiness(span.period, scope.by, {row["buckets"]: row["people"] for row in rows})


def lifecycle(
    scope: UsageScope,
    span: Span,
    *,
    event: str | None = None,
    where: Where = (),
    new_by: NewBy = "first-act",
) -> list[LifecycleBucket]:
    """Return who was new, came back, came back after a gap, or stayed away, in each bucket.

    *New* is the bucket of the first such act ever, also where that lies before the span; by
    `profile`, the bucket in which the person was first seen doing anything.
    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures import habit

    first, last = span.bounds(scope, usual=USUAL)
    buckets = span.buckets(scope)
    reading = scope.reading(buckets)
    created = habit.first_seen(reading) if new_by == "profile" else None
    counted = habit.lifecycle(habit.active(reading, event=event, where=where), created)
    asked = counted.filter(counted.bucket.between(first - 1, last))
    rows = {row["bucket"]: row for row in scope.ask(rows=asked)["rows"]}
    none = {"new": 0, "returning": 0, "resurrecting": 0, "leaving": 0}
    return [
        LifecycleBucket(
            start=buckets.start(bucket),
            **{name: rows.get(bucket, none)[name] for name in ("new", "returning", "resurrecting")},
            dormant=None
            if buckets.is_open(bucket, scope.at)
            else rows.get(bucket - 1, none)["leaving"],
        )
        for bucket in range(first, last + 1)
    ]


def actives(
    scope: UsageScope, span: Span, *, event: str | None = None, where: Where = ()
) -> list[Actives]:
    """Return DAU, WAU and MAU of each day: distinct actors of the last 1, 7 and 30 days.

    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures import habit

    daily = Span("day", span.since, span.until, span.zone)
    first, last = daily.bounds(scope, usual=USUAL)
    buckets = daily.buckets(scope)
    found = habit.active(scope.reading(buckets), event=event, where=where)
    near = found.filter(found.bucket.between(first - 30, last))
    rows = scope.ask(**{str(days): habit.actives(near, days=days) for days in (1, 7, 30)})
    totals = []
    for days in ("1", "7", "30"):
        change = {row["bucket"]: row["change"] for row in rows[days]}
        running = list(accumulate(change.get(day, 0) for day in range(first - 30, last + 1)))
        totals.append(running[30:])
    return [
        Actives(buckets.start(first + n), *counts)
        for n, counts in enumerate(zip(*totals, strict=True))
    ]
