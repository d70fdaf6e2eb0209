"""Who came back: cohorts, and in which bucket after their start they returned (MEASURES §6)."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from shinrai.usage.measures.acts import (
    Reading,
    Where,
    active_rows,
    acts,
    marked_acts,
    newest_bucket,
)
from shinrai.usage.rules.periods import LENGTH_US

Kind = Literal["recurring", "first-time", "first-ever"]
KINDS: Final[tuple[Kind, ...]] = ("recurring", "first-time", "first-ever")
WORD: Final = 6  # buckets that are the bits of one number: pairs of words are few enough to count
LINE: Final = 60  # … of one larger number; a multiple of `WORD`


@ibis.udf.agg.builtin(name="bit_or", signature=((dt.int64,), dt.int64))
def bit_or(of):  # type: ignore[no-untyped-def]
    """Add up bits; Ibis has its own for DuckDB alone, engines have the same function."""


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
    if asked.minimum == 1 and not asked.is_cumulative and not asked.windows:
        return _triangle_of_bits(reading, asked)
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


def _triangle_of_bits(reading: Reading, asked: Returning) -> ir.Table:
    """Count as `triangle` does, persons with equal words of bits together.

    A person active in w buckets has w² pairs of them, but few words, and few different ones.
    """
    until = min(asked.last + asked.periods - 1, newest_bucket(reading))
    if asked.kind == "recurring":
        within = (asked.first, asked.last)
        starts = active_rows(reading, event=asked.start, where=asked.where, within=within)
    else:
        starts = cohorts(reading, asked).rename(bucket="base")
    within = (asked.first, until)
    back = active_rows(reading, event=asked.back, where=asked.back_where, within=within)
    if asked.last - asked.first + 1 < asked.periods:  # most who came later are in no cohort
        back = back.semi_join(starts, "person_id")
    is_same = (asked.start, asked.where) == (asked.back, asked.back_where)
    came = _words(back, *within)
    begun = came if is_same and asked.kind == "recurring" else _words(starts, *within)
    begun = begun.filter(begun.word <= (asked.last - asked.first) // WORD)

    whole = begun.group_by("word", "bits").aggregate(people=begun.count())
    whole = _unfolded(whole, "word", "bits", bucket="base")
    whole = whole.group_by("base").aggregate(people=whole.people.sum())
    met = begun.join(came.rename(later="word", later_bits="bits"), "person_id")
    met = met.filter(met.later >= met.word)
    pairs = met.group_by("word", "bits", "later", "later_bits").aggregate(people=met.count())
    pairs = _unfolded(pairs, "word", "bits", bucket="base")
    pairs = pairs.group_by("base", "later", "later_bits").aggregate(people=pairs.people.sum())
    pairs = _unfolded(pairs, "later", "later_bits", bucket="bucket")
    pairs = pairs.mutate(column=pairs.bucket - pairs.base)
    pairs = pairs.filter((pairs.column > 0) & (pairs.column < asked.periods))
    counted = pairs.group_by("base", "column").aggregate(people=pairs.people.sum())
    whole = whole.select("base", column=ibis.literal(0, "int64"), people=whole.people)
    both: Any = whole.union(counted.select("base", "column", "people"))
    both = both.mutate(base=both.base + asked.first)
    return both.filter(both.base <= asked.last)


def _words(found: Any, first: int, last: int) -> Any:
    """Return the buckets of each person as bits of words, of which the first has number 0.

    A long row of bits comes first: it is one number a person, or few, and quickly found.
    Shape:  person_id, word, bits.
    """
    place, keys = found.bucket - first, ["person_id"]
    if last - first >= LINE:
        place, keys = place % LINE, [*keys, "line"]
    line = (found.bucket - first) // LINE if len(keys) > 1 else ibis.literal(0, "int64")
    one = ibis.literal(1, "int8").cast("int64")  # else DuckDB shifts a number of 32 bits
    dated = found.select("person_id", line=line, bit=one << place.cast("int32"))
    lines = dated.group_by(*keys).aggregate(row=bit_or(dated.bit))
    cut = lines.mutate(part=_numbers(min(LINE // WORD, (last - first) // WORD + 1)))
    words = cut.select(
        "person_id",
        word=cut.line * (LINE // WORD) + cut.part if len(keys) > 1 else cut.part,
        bits=(cut.row >> (cut.part * WORD)) & ((1 << WORD) - 1),
    )
    return words.filter(words.bits > 0)


def _unfolded(counted: Any, word: str, bits: str, *, bucket: str) -> Any:
    """Return a row for each bit that is set, with the bucket it stands for, counted from 0."""
    placed = counted.mutate(place=_numbers(WORD))
    placed = placed.mutate(**{bucket: placed[word] * WORD + placed.place})
    return placed.filter(((placed[bits] >> placed.place) & 1) == 1).drop(word, bits, "place")


def _numbers(until: int) -> Any:
    return ibis.literal(list(range(until)), "array<int32>").unnest()


def _in_buckets(starts: Any, back: Any) -> Any:
    of_bucket = back.group_by("person_id", "bucket").aggregate(times=back.acts_count.sum())
    met = starts.join(of_bucket, "person_id")
    return met.select("person_id", "base", "times", column=met.bucket - met.base)


def _in_windows(starts: Any, back: Any, reading: Reading) -> Any:
    met = starts.join(back, "person_id")
    met = met.filter(met.first_us >= met.base_us)
    met = met.mutate(column=(met.first_us - met.base_us) // LENGTH_US[reading.buckets.period])
    return met.group_by("person_id", "base", "column").aggregate(times=met.acts_count.sum())
