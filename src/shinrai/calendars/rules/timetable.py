"""A calendar compiled into arrays: open spans in order, cumulative sums, and lookup tables."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shinrai.calendars.rules.days import REACH, open_day
from shinrai.calendars.rules.hours import DAY, Calendar, OpenDay
from shinrai.calendars.rules.time_zone import midnight
from shinrai.units.moments import epoch_us, from_us

Ints = npt.NDArray[np.int64]
SECOND_US = 1_000_000
# Sizes of a bucket in powers of two of microseconds (72, 36, 18 and 9 minutes): small enough
# that few buckets meet two open spans, large enough that the tables stay in the cache.
BUCKET_BITS = (32, 31, 30, 29)
MOST_BUCKETS = 1 << 21
FAR = 1 << 62  # later than any moment
LOW_BITS = (1 << 32) - 1


class BeyondHorizon(ValueError):
    """A moment is outside the compiled dates; nothing is extrapolated."""


# One record per bucket, so that one look-up fetches all of it.
BUCKET = np.dtype([("passed", np.int64), ("from_", np.uint32), ("to", np.uint32)])


@dataclass(frozen=True, eq=False)
class Timetable:
    """The result of `compile_calendar`.

    Unit: microseconds since 1970 UTC; open time in microseconds. Days are business days, in
    order: `day_on` are their dates (days since 1970-01-01), `day_close` their closes.
    """

    calendar: Calendar
    first: date
    last: date
    lower: int
    upper: int
    opens: Ints
    closes: Ints
    passed: Ints  # open time before each span, and after the last
    owner: Ints  # which day each span belongs to
    day_on: Ints
    day_close: Ints

    @cached_property
    def buckets(self) -> "Buckets":
        return fill_buckets(self)

    def require(self, moments: Ints, what: str) -> None:
        """Raise an error if a moment is outside the compiled dates.

        Raises: BeyondHorizon with the number of moments, and what to compile.
        """
        if moments.size and (moments.min() < self.lower or moments.max() > self.upper):
            outside = moments[(moments < self.lower) | (moments > self.upper)]
            raise self.beyond(what, len(outside), int(outside[0]))

    def beyond(self, what: str, count: int, example_us: int | None = None) -> BeyondHorizon:
        """Return the error that rows are outside the compiled dates."""
        example = "" if example_us is None else f", such as {_shown(example_us)}"
        return BeyondHorizon(
            f"{what} of {count} rows lies outside {self.first} to {self.last}{example}; "
            "compile the calendar for a longer time"
        )


@dataclass(frozen=True, eq=False)
class Buckets:
    """Tables to look up the open time before a moment in a few steps, without a search.

    Time is cut into buckets of 2**bits microseconds, numbered from `first`. Open time before `t`
    is the sum over layers of `passed + clip(t's low 32 bits, from_, to)`. There are as many layers
    as open spans in the fullest bucket, usually one. The first and the last bucket have no open
    time; all moments outside the compiled dates belong to them.
    """

    bits: int
    first: int
    layers: tuple[npt.NDArray[np.void], ...]


def compile_calendar(calendar: Calendar, first: date, last: date) -> Timetable:
    """Compile the dates from first to last, both included, for computations on arrays.

    Zones, clock changes, overnight shifts and breaks are resolved here, once.
    """
    begins = calendar.version_on(first) or calendar.versions[0]
    ends = calendar.version_on(last + DAY) or calendar.versions[0]
    found = (
        open_day(calendar, first + passed * DAY)
        for passed in range(-REACH, (last - first).days + REACH + 1)
    )
    days = [day for day in found if day]
    spans = np.array([bounds for day in days for bounds in _bounds(day)], dtype=np.int64)
    spans = spans.reshape(-1, 2)
    opens, closes = np.ascontiguousarray(spans.T)
    return Timetable(
        calendar=calendar,
        first=first,
        last=last,
        lower=epoch_us(midnight(begins.zone, first)),
        upper=epoch_us(midnight(ends.zone, last + DAY)),
        opens=opens,
        closes=closes,
        passed=np.concatenate([[0], np.cumsum(closes - opens)]).astype(np.int64),
        owner=np.repeat(np.arange(len(days)), [len(day.spans) for day in days]).astype(np.int64),
        day_on=np.array([(day.on - date(1970, 1, 1)).days for day in days], dtype=np.int64),
        day_close=np.array([epoch_us(day.close) for day in days], dtype=np.int64),
    )


def open_before(timetable: Timetable, moments: Ints) -> Ints:
    """Return the open time before each moment by search, a simple form of what buckets do."""
    at = np.searchsorted(timetable.closes, moments, side="right")
    begun = np.append(timetable.opens, FAR)[at]
    sums: Ints = timetable.passed[at] + np.maximum(moments - begun, 0)
    return sums


def fill_buckets(timetable: Timetable) -> Buckets:
    """Fill the lookup tables, with the bucket size that needs the fewest layers and buckets."""
    opens, closes = _joined(timetable)
    choices: list[tuple[int, int, int, Ints, Ints, Ints]] = []
    for bits in BUCKET_BITS:
        first, last = timetable.lower >> bits, timetable.upper >> bits
        if last - first < MOST_BUCKETS or not choices:
            edges = np.arange(first, last + 1, dtype=np.int64) << bits
            met = np.searchsorted(closes, edges, side="right")
            beyond = np.searchsorted(opens, edges + (1 << bits), side="left")
            choices.append((int((beyond - met).max()), len(edges), bits, edges, met, beyond))
    layers, _, bits, edges, met, beyond = min(choices, key=lambda choice: choice[:2])
    edges = np.concatenate([edges[:1] - (1 << bits), edges, edges[-1:] + (1 << bits)])
    met, beyond = np.pad(met, 1), np.pad(beyond, 1)
    # Closing after the last microsecond of a bucket is the same as closing at it: no moment in it
    # is later. So both bounds fit into 32 bits.
    latest = edges + (1 << bits) - 1
    passed = open_before(timetable, edges)
    tables = []
    for number in range(max(layers, 1)):
        table = np.zeros(len(edges), dtype=BUCKET)
        table["from_"] = table["to"] = edges & LOW_BITS
        meets = np.flatnonzero(met + number < beyond)
        span = (met + number)[meets]
        table["from_"][meets] = np.clip(opens[span], edges[meets], latest[meets]) & LOW_BITS
        table["to"][meets] = np.clip(closes[span], edges[meets], latest[meets]) & LOW_BITS
        passed -= table["from_"]
        tables.append(table)
    tables[0]["passed"] = passed
    return Buckets(bits, int(edges[0] >> bits), tuple(tables))


def _joined(timetable: Timetable) -> tuple[Ints, Ints]:
    """Join spans that touch, as sums do not depend on which day owns them."""
    if not len(timetable.opens):
        return np.zeros(1, np.int64), np.zeros(1, np.int64)
    apart = timetable.opens[1:] > timetable.closes[:-1]
    starts = np.concatenate([[True], apart])
    ends = np.concatenate([apart, [True]])
    return timetable.opens[starts], timetable.closes[ends]


def _bounds(day: OpenDay) -> list[tuple[int, int]]:
    return [(epoch_us(opens), epoch_us(closes)) for opens, closes in day.spans]


def _shown(us: int) -> str:
    try:
        moment: datetime = from_us(us)
    except OverflowError:
        return f"{us} µs"
    return moment.isoformat()
