"""Scores that events carry as a property, and the values that a property has."""

from typing import Any

import ibis
import ibis.expr.types as ir

from shinrai.usage.measures.acts import Reading, acts_with, property_text


def scores(reading: Reading, *, since: int, until: int, name: str, event: str | None) -> ir.Table:
    """Add up each person's scores in the buckets from `since` to `until`, and those before.

    Shape:  person_id, recent_sum, recent_count, before_sum, before_count.
    """
    found: Any = acts_with(reading, event=event, extra=lambda table: property_text(table, name))
    found = found.mutate(score=found.extra.try_cast("float64"))
    found = found.filter(found.score.notnull() & (found.bucket <= until))
    is_recent = found.bucket >= since
    return found.group_by("person_id").aggregate(
        recent_sum=found.score.sum(where=is_recent),
        recent_count=found.score.count(where=is_recent),
        before_sum=found.score.sum(where=~is_recent),
        before_count=found.score.count(where=~is_recent),
    )


def newest_values(reading: Reading, name: str) -> ir.Table:
    """Return each person with the newest value of a property that an event says.

    Shape:  person_id, value; "" where no event says any.
    """
    found: Any = acts_with(reading, event=None, extra=lambda table: property_text(table, name))
    newest = [found.extra == "", found.first_us.desc(), found.order_key.desc()]
    place = ibis.row_number().over(group_by=found.person_id, order_by=newest)
    placed = found.mutate(place=place)
    return placed.filter(placed.place == 0).select("person_id", value=placed.extra)
