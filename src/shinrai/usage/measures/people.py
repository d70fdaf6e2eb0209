"""The people behind a figure of usage: of a cell, a bucket, or a number of days.

Each counts the same persons as the measure it stands behind; a test compares them.
"""

from typing import Any

import ibis
import ibis.expr.types as ir

from shinrai.usage.facts import DAYS
from shinrai.usage.measures.acts import COHORT, Reading
from shinrai.usage.measures.retention import Returning, cohorts, returns


def of_cell(reading: Reading, asked: Returning, *, base: int, column: int) -> ir.Table:
    """Return who is in a column of a cohort; column 0 is the cohort.

    Shape:  person_id.
    """
    if column == 0:
        starts: Any = cohorts(reading, asked)
        return starts.filter(starts.base == base).select("person_id").distinct()
    met: Any = returns(reading, asked)
    is_in = met.column >= column if asked.is_cumulative else met.column == column
    return met.filter((met.base == base) & is_in).select("person_id").distinct()


def of_bucket(found: Any, *, bucket: int, part: str) -> ir.Table:
    """Return who was active in a bucket, or is new, returning, resurrecting or dormant in it.

    Shape:  person_id.
    """
    own = ibis.window(group_by=found.person_id, order_by=found.bucket)
    seen = found.mutate(before=found.bucket.lag().over(own), after=found.bucket.lead().over(own))
    if part == "dormant":
        stays = (seen.after == bucket).fill_null(False)
        return seen.filter((seen.bucket == bucket - 1) & ~stays).select("person_id")
    is_new = seen.before.isnull()
    is_back = (seen.before == bucket - 1).fill_null(False)
    parts = {"new": is_new, "returning": is_back, "resurrecting": ~is_new & ~is_back}
    kept = seen.bucket == bucket
    return seen.filter(kept & parts[part] if part in parts else kept).select("person_id")


def of_buckets(found: Any, *, first: int, last: int, low: int, high: int) -> ir.Table:
    """Return who was active in so many of some buckets.

    Shape:  person_id.
    """
    inside = found.filter(found.bucket.between(first, last))
    of_person = inside.group_by("person_id").aggregate(buckets=inside.count())
    return of_person.filter(of_person.buckets.between(low, high)).select("person_id")


def days_of_actors() -> ir.Table:
    """Count what the actors given as `usage_cohort` did, by their own date and by event.

    Shape:  own_on, event, count.
    """
    days: Any = DAYS.unbound()
    theirs = days.semi_join(COHORT, days.actor_id == COHORT.person_id)
    counted = theirs.group_by("own_on", "event").aggregate(count=theirs.event_count.sum())
    return counted.order_by("own_on", "event")
