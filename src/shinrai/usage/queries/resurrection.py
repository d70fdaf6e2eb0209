"""Who comes back after staying away for a whole bucket or longer."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import accumulate

from shinrai.statistics.interval import Interval
from shinrai.statistics.wilson import wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from shinrai.usage.queries.activity import USUAL, Where
from shinrai.usage.queries.scope import Span, UsageScope


@dataclass(frozen=True)
class Resurrection:
    """Of those who were active before, but not in the bucket before this, who came back in it."""

    start: date | datetime
    share: Share
    is_open: bool

    @property
    def interval(self) -> Interval | Unknown:
        """Return the 95 % interval."""
        return wilson(self.share.count, self.share.of)


def resurrection(
    scope: UsageScope, span: Span, *, event: str | None = None, where: Where = ()
) -> list[Resurrection]:
    """Return how many of the dormant came back in each bucket.

    Raises: BadUsageQuestion, UnknownZone.
    """
    from shinrai.usage.measures import habit

    first, last = span.bounds(scope, usual=USUAL)
    buckets = span.buckets(scope)
    found = habit.lifecycle(habit.active(scope.reading(buckets), event=event, where=where))
    rows = {
        row["bucket"]: row for row in scope.ask(rows=found.filter(found.bucket <= last))["rows"]
    }
    known = range(min([first, *rows]), last + 1)
    new = (rows[n]["new"] if n in rows else 0 for n in known)
    ever = dict(zip(known, accumulate(new), strict=True))  # new up to a bucket: ever active by then

    def active(bucket: int) -> int:
        row = rows.get(bucket)
        return row["new"] + row["returning"] + row["resurrecting"] if row else 0

    return [
        Resurrection(
            buckets.start(n),
            Share(rows[n]["resurrecting"] if n in rows else 0, ever.get(n - 1, 0) - active(n - 1)),
            buckets.is_open(n, scope.at),
        )
        for n in range(first, last + 1)
    ]
