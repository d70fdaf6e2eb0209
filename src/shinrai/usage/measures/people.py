"""The people behind a figure of usage: of a cell, a bucket, or a number of days.

Each counts the same persons as the measure it stands behind; a test compares them.
"""

from datetime import date
from typing import Any

import ibis
import ibis.expr.types as ir

from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.measures.acts import COHORT, Reading, property_text
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


def minutes_of_actors(*, since: date) -> ir.Table:
    """Add up the minutes that events say of each actor given as `usage_cohort`, by own date.

    Shape:  actor_id, own_on, subject, minutes; null where no event says any, and subject ""
    without one.
    """
    events: Any = EVENTS.unbound()
    theirs = events.semi_join(COHORT, events.actor_id == COHORT.person_id)
    theirs = theirs.filter(theirs.own_on >= ibis.literal(since))
    said = theirs.select(
        "actor_id",
        "own_on",
        minutes=property_text(theirs, "minutes").try_cast("float64"),
        subject=property_text(theirs, "subject"),
    )
    # An event of other kinds still makes the day, under the subject of none.
    told = said.mutate(subject=ibis.ifelse(said.minutes.notnull(), said.subject, ""))
    return told.group_by("actor_id", "own_on", "subject").aggregate(minutes=told.minutes.sum())
