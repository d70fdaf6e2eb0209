"""What persons did in each bucket of time, from days of use or from single events.

All measures of usage stand on `acts`. It reads the days, and the events only where days cannot
say: for hours, another zone than the workspace's, properties, and windows of 24 hours.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal

import ibis
import ibis.expr.types as ir

from shinrai.usage.facts import DAYS, EVENTS
from shinrai.usage.rules.periods import (
    A_DAY,
    DAY_US,
    DAY_ZERO,
    HOUR_US,
    WEEK_SHIFT,
    PeriodBuckets,
    offsets,
)
from shinrai.warehouse.parameters import NAMED

PERSONS: Final = ibis.table({"actor_id": "int64", "person_id": "int64"}, name="usage_persons")
COHORT: Final = ibis.table({"person_id": "int64"}, name="usage_cohort")
Where = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reading:
    """What is read: how time is cut, up to when, whose date counts, and who an actor is.

    `by_moment`: neither date of a row will do, and buckets are cut from moments.
    `has_merges`: the caller gives `usage_persons`; who is not in it is a person of their own.
    `has_cohort`: the caller gives `usage_cohort`; nobody else counts.
    """

    buckets: PeriodBuckets
    at: datetime
    on: Literal["zone_on", "own_on"] = "zone_on"
    by: Literal["person", "company"] = "person"
    by_moment: bool = False
    reads_events: bool = False
    has_merges: bool = False
    has_cohort: bool = False
    all_revisions: bool = False  # of days: see `active_rows`


def acts(
    reading: Reading,
    *,
    event: str | None = None,
    where: Where = (),
    within: tuple[int, int] | None = None,
) -> ir.Table:
    """Keep what happened under a name and with properties, and say by whom and in which bucket.

    `within`: in these buckets, both included.
    Shape:  person_id, bucket, acts_count, first_us, order_key; a row per day of use, or per event.
    """
    found = marked_acts(reading, event=event, where=where, within=within)
    return found.filter(ibis._.is_match)


def acts_with(
    reading: Reading, *, extra: Callable[[Any], Any], event: str | None = None, where: Where = ()
) -> ir.Table:
    """Return as `acts` every event, with the column `extra` made of the table of events."""
    found = marked_acts(reading, event=event, where=where, extra=extra)
    return found.filter(ibis._.is_match)


def property_text(table: Any, name: str) -> Any:
    """Return the value of a property as text without its quotes; "" where there is none."""
    pattern = rf"[{{,]\s*(?:{'|'.join(_forms(name))})\s*:\s*(\"[^\"]*\"|[^,}}\s]+)\s*[,}}]"
    return table.properties.fill_null("").re_extract(pattern, 1).strip().re_replace('"', "")


def active_rows(
    reading: Reading,
    *,
    event: str | None = None,
    where: Where = (),
    within: tuple[int, int] | None = None,
) -> Any:
    """Return in which buckets persons did something, rows of a person and bucket maybe repeated.

    Later revisions of a day tell nothing new of that, except of companies: none is looked for.
    Shape:  person_id, bucket, first_us.
    """
    reading = replace(reading, all_revisions=reading.by == "person")
    found = acts(reading, event=event, where=where, within=within)
    return found.select("person_id", "bucket", "first_us")


def marked_acts(
    reading: Reading,
    *,
    event: str | None,
    where: Where = (),
    within: tuple[int, int] | None = None,
    extra: Callable[[Any], Any] | None = None,
) -> ir.Table:
    """Say of everything under a name whether it has the properties; else as `acts`."""
    reads_events = reading.reads_events or reading.by_moment or bool(where) or extra is not None
    of: Any = EVENTS if reads_events else DAYS
    reads_all = reading.all_revisions and not reads_events
    table: Any = of.revisions() if reads_all else of.unbound()
    if event is not None:
        table = table.filter(table.event == event)
    if within is not None and not reading.by_moment:
        since, until = _dates(reading, *within)
        table = table.filter(table[reading.on] >= since, table[reading.on] < until)
    moment = "happened_us" if reads_events else "first_us"
    done = table.filter(table[moment] <= NAMED["at"])
    if reads_all:  # moments are read only where a date does not tell, in any zone, that it is over
        over = reading.at.date() - A_DAY
        done = table.filter(table[reading.on] < over).union(done.filter(done[reading.on] >= over))
    us = done[moment]
    if reading.by_moment:
        bucket = _bucket_of_moment(us, reading)
    else:
        days = done[reading.on].delta(DAY_ZERO, unit="day").cast("int64")
        bucket = bucket_of_day(days, reading.buckets)
    found = done.select(
        actor_id=done.group_id if reading.by == "company" else done.actor_id,
        bucket=bucket.cast("int64"),
        acts_count=ibis.literal(1, "int64") if reads_events else done.event_count,
        first_us=us,
        order_key=done.event_id if reads_events else ibis.literal(""),
        is_match=_has(done, where),
        **({} if extra is None else {"extra": extra(done)}),
    )
    if within is not None and reading.by_moment:
        found = found.filter(found.bucket.between(*within))
    return _persons(found, reading)


def newest_bucket(reading: Reading) -> int:
    """Return a bucket after which nothing can have happened yet, in any zone."""
    if reading.buckets.period == "hour":
        return reading.buckets.of_moment(reading.at + A_DAY)
    return reading.buckets.of_day(reading.at.date() + 2 * A_DAY)


def _dates(reading: Reading, first: int, last: int) -> tuple[Any, Any]:
    """Return the first date of buckets and that after them: engines leave out files by dates."""
    buckets, least = reading.buckets, reading.buckets.of_day(DAY_ZERO)
    last = max(min(last, newest_bucket(reading)), least)
    return buckets.start(max(first, least)), buckets.start(last + 1)


def _persons(found: Any, reading: Reading) -> ir.Table:
    if reading.by == "company":
        found = found.filter(found.actor_id.notnull())
    if reading.has_merges and reading.by == "person":
        known = PERSONS.rename(merged_id="actor_id")
        joined = found.left_join(known, found.actor_id == known.merged_id)
        found = joined.mutate(person_id=ibis.coalesce(joined.person_id, joined.actor_id))
    else:
        found = found.mutate(person_id=found.actor_id)
    found = found.drop("actor_id", *({"merged_id"} & set(found.columns)))
    return found.semi_join(COHORT, "person_id") if reading.has_cohort else found


def _bucket_of_moment(us: Any, reading: Reading) -> Any:
    """Return the bucket of a moment; the zone's changes are written out, newest first.

    Engines convert time zones by databases of their own; this way all use the pinned one.
    """
    changes = offsets(reading.buckets.zone, reading.at)
    if reading.buckets.period == "hour":
        changes = tuple((since, ahead % HOUR_US) for since, ahead in changes)
    kept = [change for n, change in enumerate(changes) if n == 0 or change[1] != changes[n - 1][1]]
    ahead = ibis.literal(kept[0][1], "int64")
    if len(kept) > 1:
        newest_first = [(us >= since, ahead_us) for since, ahead_us in reversed(kept[1:])]
        ahead = ibis.cases(*newest_first, else_=kept[0][1])
    local = us + ahead
    if reading.buckets.period == "hour":
        return local // HOUR_US
    return bucket_of_day(local // DAY_US, reading.buckets)


def bucket_of_day(days: Any, buckets: PeriodBuckets) -> Any:
    """Return the bucket of a day, given as a number since 1970, as `PeriodBuckets.of_day` does."""
    if buckets.period == "week":
        return (days + WEEK_SHIFT[buckets.week_starts]) // 7
    if buckets.period != "month":
        return days
    # Source: H. Hinnant, chrono-compatible low-level date algorithms, `civil_from_days`. Years
    # begin in March there, which is month 2 when January is month 0.
    shifted = days + 719_468
    era = shifted // 146_097
    day = shifted - era * 146_097
    year = (day - day // 1460 + day // 36_524 - day // 146_096) // 365
    of_year = day - (365 * year + year // 4 - year // 100)
    return (year + era * 400) * 12 + (5 * of_year + 2) // 153 + 2


def _has(table: Any, where: Where) -> Any:
    """Return whether properties have these values; 3 and "3" are alike.

    Engines disagree on how a key such as `$browser` is written in a path. Properties hold plain
    values only, so that a pattern finds them; a quote within a text is escaped there.
    """
    found: Any = ibis.literal(True)
    for key, value in where:
        keys, texts = _forms(key), _forms(value)
        plain = [re_escape(value)] if _is_plain(value) else []
        pattern = rf"[{{,]\s*(?:{'|'.join(keys)})\s*:\s*(?:{'|'.join([*texts, *plain])})\s*[,}}]"
        found &= table.properties.fill_null("").re_search(pattern)
    return found


def _forms(text: str) -> list[str]:
    """Return patterns of the ways in which JSON writes a text."""
    both = {json.dumps(text), json.dumps(text, ensure_ascii=False)}
    return [re_escape(form) for form in sorted(both)]


def _is_plain(value: str) -> bool:
    """Return whether a value may stand in JSON without quotes: a number, true, false or null."""
    try:
        return not isinstance(json.loads(value), str | list | dict)
    except ValueError:
        return False


def re_escape(text: str) -> str:
    """Return a pattern of a text that RE2 and Java both read, without a quote or a backslash."""
    return "".join(
        sign
        if sign.isalnum() or ord(sign) > 127
        else f"[{sign}]"
        if sign not in "\\^'"
        else {"\\": r"[\\]", "^": r"\^", "'": r"\x27"}[sign]
        for sign in text
    )
