"""How often, how regularly and since when: stickiness, lifecycle, actives, active days, streaks."""

from typing import Any

import ibis
import ibis.expr.types as ir

from shinrai.usage.measures.acts import Reading, Where, active_rows, acts, bucket_of_day
from shinrai.usage.rules.periods import PeriodBuckets


def active(reading: Reading, *, event: str | None = None, where: Where = ()) -> Any:
    """Return each person once per bucket in which they did something.

    Shape:  person_id, bucket.
    """
    found = active_rows(reading, event=event, where=where)
    return found.select("person_id", "bucket").distinct()


def stickiness(found: Any, *, first: int, last: int) -> ir.Table:
    """Count persons by the number of buckets in which they were active, of those asked about.

    Shape:  buckets, people.
    """
    inside = found.filter(found.bucket.between(first, last))
    of_person = inside.group_by("person_id").aggregate(buckets=inside.count())
    return of_person.group_by("buckets").aggregate(people=of_person.count()).order_by("buckets")


def lifecycle(found: Any, created: Any = None) -> ir.Table:
    """Count, for each bucket, who is new, returning and resurrecting, and who leaves after it.

    Who leaves after a bucket is dormant in the next. Of all history, as *new* is the first ever.
    With `created` (person_id, created), *new* is who acts in the bucket of their creation; whoever
    acts first in a later one resurrects. Source: PostHog, "Lifecycle".

    Shape:  bucket, new, returning, resurrecting, leaving.
    """
    own = ibis.window(group_by=found.person_id, order_by=found.bucket)
    seen = found.mutate(before=found.bucket.lag().over(own), after=found.bucket.lead().over(own))
    is_new = seen.before.isnull()
    if created is not None:
        seen = seen.join(created, "person_id")
        is_new = seen.created == seen.bucket
    is_back = (seen.before == seen.bucket - 1).fill_null(False)
    stays = (seen.after == seen.bucket + 1).fill_null(False)
    return seen.group_by("bucket").aggregate(
        new=is_new.sum(),
        returning=is_back.sum(),
        resurrecting=(~is_new & ~is_back).sum(),
        leaving=(~stays).sum(),
    )


def next_return(found: Any, *, first: int, last: int, by_person: bool = False) -> ir.Table:
    """Count who was active in each bucket, and who of them was in the next one too.

    Shape:  bucket, of, total; with `by_person` a row each, with person_id.
    """
    own = ibis.window(group_by=found.person_id, order_by=found.bucket)
    seen = found.mutate(after=found.bucket.lead().over(own))
    seen = seen.filter(seen.bucket.between(first, last))
    is_back = (seen.after == seen.bucket + 1).fill_null(False)
    keys = ["bucket", *(["person_id"] if by_person else [])]
    return seen.group_by(keys).aggregate(of=seen.count(), total=is_back.sum())


def first_seen(reading: Reading) -> ir.Table:
    """Return the bucket in which each person was first seen doing anything.

    Shape:  person_id, created.
    """
    found: Any = acts(reading)
    return found.group_by("person_id").aggregate(created=found.bucket.min())


def actives(found: Any, *, days: int) -> ir.Table:
    """Count by how many the active persons of the last `days` days change, from day to day.

    Who was active on a day counts on it and on the `days` - 1 next ones. Added up over days,
    `change` is the number of active persons of the window that ends there.

    Shape:  bucket, change.
    """
    own = ibis.window(group_by=found.person_id, order_by=found.bucket)
    seen = found.mutate(after=found.bucket.lead().over(own))
    ends = ibis.least(ibis.coalesce(seen.after, seen.bucket + days), seen.bucket + days)
    comes = seen.select("bucket", change=ibis.literal(1, "int64"))
    goes = seen.select(bucket=ends.cast("int64"), change=ibis.literal(-1, "int64"))
    both: Any = comes.union(goes)
    return both.group_by("bucket").aggregate(change=both.change.sum())


def active_days(found: Any, *, months: PeriodBuckets) -> ir.Table:
    """Count the active days of each person in each month.

    Shape:  person_id, month, days.
    """
    dated = found.mutate(month=bucket_of_day(found.bucket, months).cast("int64"))
    return dated.group_by("person_id", "month").aggregate(days=dated.count())


def streaks(found: Any) -> ir.Table:
    """Return every run of active days without a gap.

    Shape:  person_id, days, last_bucket.
    """
    place = ibis.row_number().over(group_by=found.person_id, order_by=found.bucket)
    placed = found.mutate(run=found.bucket - place)
    return placed.group_by("person_id", "run").aggregate(
        days=placed.count(), last_bucket=placed.bucket.max()
    )


def lives(found: Any) -> ir.Table:
    """Return the first and the last active day of each person.

    Shape:  person_id, first_bucket, last_bucket, days.
    """
    return found.group_by("person_id").aggregate(
        first_bucket=found.bucket.min(), last_bucket=found.bucket.max(), days=found.count()
    )
