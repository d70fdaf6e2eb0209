"""Who came back: cohorts, and in which bucket after their start they returned (MEASURES §6)."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import ibis
import ibis.expr.types as ir

from shinrai.usage.measures.acts import Reading, Where, acts, marked_acts
from shinrai.usage.rules.periods import LENGTH_US

Kind = Literal["recurring", "first-time", "first-ever"]
KINDS: Final[tuple[Kind, ...]] = ("recurring", "first-time", "first-ever")


@dataclass(frozen=True)
class Returning:
    """What starts a cohort and what counts as a return; `first` and `last` bound the cohorts.

    `windows`: columns are cut from each actor's own first act in the bucket, not by the calendar.
    """

    first: int
    last: int
    periods: int
    start: str | None = None
    back: str | None = None
    kind: Kind = "recurring"
    minimum: int = 1
    is_cumulative: bool = False
    windows: bool = False
    where: Where = ()
    back_where: Where = ()


def triangle(reading: Reading, asked: Returning) -> ir.Table:
    """Count the actors of each cohort in each column; column 0 is the cohort.

    Of cumulative retention an actor is counted in the last column of a return only; whoever adds
    from the right gets those who return in it or later.

    Shape:  base, column, people.
    """
    starts: Any = cohorts(reading, asked)
    whole = starts.group_by("base").aggregate(people=starts.count())
    whole = whole.select("base", column=ibis.literal(0, "int64"), people=whole.people)
    met: Any = returns(reading, asked)
    if asked.is_cumulative:
        met = met.group_by("base", "person_id").aggregate(column=met.column.max())
    counted = met.group_by("base", "column").aggregate(people=met.count())
    return whole.union(counted.select("base", "column", "people"))


def returns(reading: Reading, asked: Returning) -> ir.Table:
    """Return in which columns the actors of each cohort came back.

    Shape:  person_id, base, column, times.
    """
    starts: Any = cohorts(reading, asked)
    back: Any = acts(reading, event=asked.back, where=asked.back_where)
    back = back.filter(back.bucket > asked.first - (1 if asked.windows else 0))
    met = _in_windows(starts, back, reading) if asked.windows else _in_buckets(starts, back)
    met = met.filter((met.column > 0) & (met.column < asked.periods))
    if asked.minimum > 1:
        met = met.filter(met.times >= asked.minimum)
    return met


def cohorts(reading: Reading, asked: Returning) -> ir.Table:
    """Return each actor of each cohort once, with the first moment.

    Shape:  person_id, base, base_us.
    """
    if asked.kind == "first-ever" and asked.where:
        every: Any = marked_acts(reading, event=asked.start, where=asked.where)
        place = ibis.row_number().over(
            group_by=every.person_id, order_by=[every.first_us, every.order_key]
        )
        placed = every.mutate(place=place)
        first = placed.filter((placed.place == 0) & placed.is_match)
        starts = first.select("person_id", base=first.bucket, base_us=first.first_us)
    else:
        found: Any = acts(reading, event=asked.start, where=asked.where)
        if asked.kind == "recurring":
            found = found.filter(found.bucket.between(asked.first, asked.last))
            starts = found.group_by("person_id", base=found.bucket).aggregate(
                base_us=found.first_us.min()
            )
        else:
            starts = found.group_by("person_id").aggregate(
                base=found.bucket.min(), base_us=found.first_us.min()
            )
    return starts.filter(starts.base.between(asked.first, asked.last))


def same_bucket(reading: Reading, asked: Returning) -> ir.Table:
    """Count the actors of each cohort with so many returns after their start, in its own bucket.

    Reads events: days do not say which came later.

    Shape:  base, people.
    """
    starts: Any = cohorts(reading, asked)
    back: Any = acts(reading, event=asked.back, where=asked.back_where)
    met = starts.join(back, "person_id")
    met = met.filter((met.bucket == met.base) & (met.first_us > met.base_us))
    of_person = met.group_by("base", "person_id").aggregate(times=met.acts_count.sum())
    enough = of_person.filter(of_person.times >= asked.minimum)
    return enough.group_by("base").aggregate(people=enough.count())


def _in_buckets(starts: Any, back: Any) -> Any:
    of_bucket = back.group_by("person_id", "bucket").aggregate(times=back.acts_count.sum())
    met = starts.join(of_bucket, "person_id")
    return met.select("person_id", "base", "times", column=met.bucket - met.base)


def _in_windows(starts: Any, back: Any, reading: Reading) -> Any:
    met = starts.join(back, "person_id")
    met = met.filter(met.first_us >= met.base_us)
    met = met.mutate(column=(met.first_us - met.base_us) // LENGTH_US[reading.buckets.period])
    return met.group_by("person_id", "base", "column").aggregate(times=met.acts_count.sum())
