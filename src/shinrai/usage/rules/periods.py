"""Hours, days, weeks and months as numbers that rise by one, and what a time zone does to them."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal

from shinrai.calendars.rules.time_zone import midnight, zone_named
from shinrai.units.moments import EPOCH, MICROSECOND, epoch_us

Period = Literal["hour", "day", "week", "month"]
WeekStart = Literal["sunday", "monday"]
PERIODS: Final[tuple[Period, ...]] = ("hour", "day", "week", "month")
# Days from the start of week 0 to 1 January 1970, a Thursday.
WEEK_SHIFT: Final[dict[WeekStart, int]] = {"sunday": 4, "monday": 3}
DAY_ZERO: Final = date(1970, 1, 1)
HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US
LENGTH_US: Final = {"hour": HOUR_US, "day": DAY_US, "week": 7 * DAY_US}  # a month has none
A_DAY: Final = timedelta(days=1)
# No event is older (`rules.event.EARLIEST`); zones are looked through from the day before.
LOOKED_FROM: Final = datetime(1989, 12, 31, tzinfo=UTC)


def offsets(zone: str, until: datetime) -> tuple[tuple[int, int], ...]:
    """Return since when a zone is how far ahead of UTC, oldest first, up to the end of a year.

    Unit:   microseconds, both.
    """
    return _offsets(zone, until.year)


@lru_cache(maxsize=64)
def _offsets(zone: str, year: int) -> tuple[tuple[int, int], ...]:
    there = zone_named(zone)

    def ahead(at: datetime) -> int:
        return (at.astimezone(there).utcoffset() or timedelta()) // MICROSECOND

    at, end = LOOKED_FROM, datetime(year + 1, 1, 2, tzinfo=UTC)
    found = [(epoch_us(at), ahead(at))]
    while at < end:
        low, at = at, at + A_DAY
        if ahead(at) == found[-1][1]:
            continue
        high = at  # no zone changes twice in a day
        while high - low > timedelta(seconds=1):
            middle = low + (high - low) // 2
            low, high = (low, middle) if ahead(middle) != found[-1][1] else (middle, high)
        # clocks change at whole seconds of UTC
        changed = epoch_us(high) // 1_000_000 * 1_000_000
        found.append((changed, ahead(high)))
    return tuple(found)


@dataclass(frozen=True)
class PeriodBuckets:
    """How time is cut: into hours, days, weeks or months of a zone.

    Hours are those on the clock, each once: of an hour shown twice in autumn there are two.
    """

    period: Period
    zone: str
    week_starts: WeekStart = "sunday"

    def of_day(self, on: date) -> int:
        """Return the number of the day, week or month that a date lies in."""
        if self.period == "month":
            return on.year * 12 + on.month - 1
        days = (on - DAY_ZERO).days
        return (days + WEEK_SHIFT[self.week_starts]) // 7 if self.period == "week" else days

    def of_moment(self, at: datetime) -> int:
        """Return the number of the bucket that a moment lies in."""
        if self.period != "hour":
            return self.of_day(at.astimezone(zone_named(self.zone)).date())
        us = epoch_us(at)
        return (us + self._part_of_hour(us)) // HOUR_US

    def first_and_last(self, since: date, until: date) -> tuple[int, int]:
        """Return the buckets that hold the start and the end of two dates, both included."""
        if self.period != "hour":
            return self.of_day(since), self.of_day(until)
        ends_at = midnight(self.zone, until + A_DAY)
        return self.of_moment(midnight(self.zone, since)), self.of_moment(ends_at - MICROSECOND)

    def start(self, bucket: int) -> date | datetime:
        """Return the first date of a bucket; of an hour its first moment, in the zone."""
        if self.period == "month":
            return date(bucket // 12, bucket % 12 + 1, 1)
        if self.period == "week":
            return DAY_ZERO + timedelta(days=bucket * 7 - WEEK_SHIFT[self.week_starts])
        if self.period == "day":
            return DAY_ZERO + timedelta(days=bucket)
        us = bucket * HOUR_US
        return (EPOCH + (us - self._part_of_hour(us)) * MICROSECOND).astimezone(
            zone_named(self.zone)
        )

    def ends_at(self, bucket: int) -> datetime:
        """Return the moment at which a bucket is over."""
        start = self.start(bucket + 1)
        if isinstance(start, datetime):
            return start.astimezone(UTC)
        return midnight(self.zone, start)

    def is_open(self, bucket: int, at: datetime) -> bool:
        """Return whether a bucket can still fill at a moment."""
        return self.ends_at(bucket) > at

    def _part_of_hour(self, us: int) -> int:
        """Return by how much of an hour the zone is ahead of UTC then, as India is by half."""
        changes = offsets(self.zone, EPOCH + us * MICROSECOND)
        place = bisect_right(changes, us, key=lambda change: change[0])
        return changes[max(place - 1, 0)][1] % HOUR_US


def month_span(month: date) -> tuple[date, date]:
    """Return the first day of a date's month and of the next one."""
    first = month.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1)


def months_between(since: date, until: date) -> list[date]:
    """Return the first day of each month that two dates, both included, touch."""
    month, found = since.replace(day=1), []
    while month <= until:
        found.append(month)
        month = month_span(month)[1]
    return found


def today(zone: str, at: datetime) -> date:
    """Return the date in a zone at a moment."""
    return at.astimezone(zone_named(zone)).date()
