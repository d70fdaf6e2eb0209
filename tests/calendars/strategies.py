"""Calendars nobody would keep, but the engine must: any zone, any hours, any pauses."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import strategies as st

from shinrai.calendars.rules.hours import (
    DAY_S,
    Calendar,
    CalendarVersion,
    Closures,
    Days,
    Holidays,
    OpenInterval,
    YearlyDays,
)

FIRST, LAST = date(2024, 10, 1), date(2026, 1, 31)  # clocks change four times or more
ZONES = (
    "Asia/Tokyo",
    "Asia/Kathmandu",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "America/Santiago",  # clocks change at midnight
    "Australia/Lord_Howe",  # by half an hour
    "Pacific/Chatham",
    "Africa/Casablanca",
    "Pacific/Kiritimati",
    "Etc/GMT+12",
)
minutes = st.integers(0, 96).map(lambda quarter: quarter * 900)


def _disjoint(bounds: list[int]) -> tuple[OpenInterval, ...]:
    ordered = sorted(set(bounds))
    return tuple(
        OpenInterval(start, end) for start, end in zip(ordered[::2], ordered[1::2], strict=False)
    )


intervals = st.lists(minutes, max_size=6).map(_disjoint)
nights = st.builds(
    lambda start, end: (OpenInterval(start, end),),
    st.integers(80, 95).map(lambda quarter: quarter * 900),
    st.integers(97, 120).map(lambda quarter: quarter * 900),
)
dates = st.dates(FIRST, LAST)
ranges = st.one_of(
    st.builds(lambda on, days: Days(on, on + timedelta(days=days)), dates, st.integers(0, 4)),
    st.builds(
        lambda one, other: YearlyDays((one.month, one.day), (other.month, other.day)),
        st.dates(date(2025, 1, 1), date(2025, 12, 31)),
        st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    ).filter(lambda days: sum(days.covers(FIRST + timedelta(days=n)) for n in range(366)) < 60),
)


@st.composite
def weeks(draw: st.DrawFn) -> tuple[tuple[OpenInterval, ...], ...]:
    """Hours of a week with at least one interval, none of which overlaps another."""
    week = draw(
        st.one_of(
            st.lists(intervals, min_size=7, max_size=7),
            st.lists(st.one_of(nights, st.just(())), min_size=7, max_size=7),
            st.just([(OpenInterval(0, DAY_S),)] * 7),
            st.just([(OpenInterval(36_000, 43_200), OpenInterval(46_800, 68_400))] * 5 + [(), ()]),
        ).filter(any)
    )
    return tuple(week)


@st.composite
def versions(draw: st.DrawFn, valid_from: date | None = None) -> CalendarVersion:
    return CalendarVersion(
        zone=draw(st.sampled_from(ZONES)),
        weekly=draw(weeks()),
        valid_from=valid_from,
        holidays=Holidays(
            countries=draw(st.sampled_from([(), ("JP",), ("US-CA",)])),
            days=tuple(draw(st.lists(ranges, max_size=2))),
        ),
        closed=Closures(days=tuple(draw(st.lists(ranges, max_size=2)))),
        hours=draw(st.dictionaries(dates, intervals, max_size=3)),
        breaks=draw(st.dictionaries(dates, intervals, max_size=3)),
    )


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    begins = sorted(draw(st.sets(dates, max_size=2)))
    first = draw(st.sampled_from([None, FIRST]))
    return Calendar((draw(versions(first)), *(draw(versions(on)) for on in begins if on != first)))


moments = st.datetimes(
    datetime(2024, 10, 10), datetime(2025, 11, 20), timezones=st.just(UTC)
).flatmap(
    lambda at: st.sampled_from(
        [
            at,
            at.replace(microsecond=0),
            at.replace(minute=at.minute // 15 * 15, second=0, microsecond=0),
        ]
    )
)
lengths = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=20)),
    st.integers(0, 400).map(lambda quarter: timedelta(minutes=15 * quarter)),
)
pauses = st.lists(
    st.tuples(
        st.one_of(
            st.timedeltas(timedelta(days=-2), timedelta(days=12)),
            st.integers(-100, 600).map(lambda quarter: timedelta(minutes=15 * quarter)),
        ),
        st.one_of(lengths, lengths, lengths, st.none()),
    ),
    max_size=4,
)
