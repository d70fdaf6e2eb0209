"""Open time looked up by buckets, against the search it stands for."""

from datetime import date

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from shinrai.calendars.rules.cumulative_time import AT_ONCE, CumulativeOpenTime
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.pause_columns import OPEN
from shinrai.calendars.rules.timetable import compile_calendar, open_before
from tests.calendars.strategies import FIRST, LAST, calendars

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = {
    "with lunch": ["09:00-12:00", "13:00-18:00"],
    "overnight": ["22:00-06:00"],
    "always": ["00:00-24:00"],
    "many": [
        f"{hour:02}:{at:02}-{hour:02}:{at + 1:02}" for hour in (9, 10) for at in range(0, 60, 3)
    ],
}
EARLIEST = -(2**63)


def edges(timetable):
    """List where something changes, the microsecond before, and the one after."""
    buckets = timetable.buckets
    numbers = buckets.first + np.arange(len(buckets.layers[0]) + 1)
    known = [timetable.opens, timetable.closes, numbers << buckets.bits]
    at = np.concatenate([*known, [timetable.lower, timetable.upper]])
    at = np.unique(np.concatenate([at - 1, at, at + 1]))
    return at[(timetable.lower <= at) & (at <= timetable.upper)]


def agrees(timetable):
    at = edges(timetable)
    return CumulativeOpenTime(timetable).of(at).tolist() == open_before(timetable, at).tolist()


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=30)
@given(calendars())
def test_a_look_up_says_what_a_search_says_wherever_something_changes(calendar):
    assert agrees(compile_calendar(calendar, FIRST, LAST))


@pytest.mark.parametrize("hours", HOURS)
@pytest.mark.parametrize("year", [1965, 2026, 2160])
def test_so_it_does_before_1970_and_late(hours, year):
    weekly = dict.fromkeys(DAYS, HOURS[hours])
    calendar = read_calendar({"zone": "Asia/Tokyo", "weekly": weekly})

    assert agrees(compile_calendar(calendar, date(year, 3, 1), date(year, 5, 31)))


@pytest.mark.parametrize("hours", HOURS)
def test_open_time_never_falls_however_far_away(hours):
    weekly = dict.fromkeys(DAYS, HOURS[hours])
    calendar = read_calendar({"zone": "Asia/Tokyo", "weekly": weekly})
    timetable = compile_calendar(calendar, date(2026, 3, 1), date(2026, 5, 31))
    steps = np.array([2**power for power in range(62)])
    before, after = timetable.lower - steps[::-1], timetable.upper + steps
    at = np.concatenate([[EARLIEST], before, edges(timetable), after, [OPEN]])

    found = CumulativeOpenTime(timetable).of(at)

    assert (found[1:] >= found[:-1]).all()
    assert found[0] <= open_before(timetable, np.array([timetable.lower]))[0]
    assert found[-1] >= open_before(timetable, np.array([timetable.upper]))[0]


def test_columns_of_any_length_and_with_gaps():
    calendar = read_calendar({"zone": "Asia/Tokyo", "weekly": {"mon": HOURS["with lunch"]}})
    timetable = compile_calendar(calendar, date(2026, 3, 1), date(2026, 5, 31))
    draw = np.random.default_rng(20260601)
    at = draw.integers(timetable.lower, timetable.upper, 4 * AT_ONCE + 5)

    found = CumulativeOpenTime(timetable).of(at[::2])

    assert found.tolist() == open_before(timetable, at[::2]).tolist()
