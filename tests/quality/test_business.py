"""Business time of whole columns is that of one row after the other."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.calendars.rules.business_time import due_by_close, effective, elapsed
from shinrai.calendars.rules.document import read_calendar
from shinrai.quality.rules.business import (
    NONE,
    around_the_clock,
    business_columns,
    timetable_of,
    years_of,
)
from shinrai.units.moments import from_us
from tests.quality.stories import JST, june

OFFICE = read_calendar(
    {
        "zone": "Asia/Tokyo",
        "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
        "holidays": "JP",
    }
)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 1), timezones=st.just(JST))
YEAR = timetable_of(OFFICE, (2025, 2028))


@settings(max_examples=50)
@given(st.lists(st.tuples(moments, st.none() | st.timedeltas(timedelta(), timedelta(days=9)))))
def test_columns_say_what_single_rows_say(rows):
    rows = [(at, None if wait is None else at + wait) for at, wait in rows]

    found = business_columns(YEAR, [at for at, _ in rows], [reply for _, reply in rows])

    for number, (at, reply) in enumerate(rows):
        assert from_us(int(found.effective_us[number])) == effective(OFFICE, at)
        assert from_us(int(found.due_us[number])) == due_by_close(OFFICE, at, 1)
        if reply is None:
            assert found.open_s[number] == NONE
        else:
            assert found.open_s[number] == elapsed(OFFICE, at, reply) // timedelta(seconds=1)


def test_a_saturday_mail_counts_from_monday_and_is_due_on_tuesday():
    [saturday, answered] = june(6, 15), june(8, 12)

    found = business_columns(YEAR, [saturday], [answered])

    assert from_us(int(found.effective_us[0])) == june(8, 10)
    assert from_us(int(found.due_us[0])) == june(9, 18)
    assert found.open_s[0] == 2 * 3600


def test_around_the_clock_every_moment_counts_from_itself():
    always = timetable_of(around_the_clock("Asia/Tokyo"), (2025, 2028))

    found = business_columns(always, [june(6, 15)], [june(7, 15)])

    assert from_us(int(found.effective_us[0])) == june(6, 15)
    assert found.open_s[0] == 24 * 3600
    assert from_us(int(found.due_us[0])) == june(8)


def test_a_slip_of_the_year_has_no_business_time_and_spoils_no_other_row():
    slip = datetime(202, 6, 1, tzinfo=JST)

    found = business_columns(YEAR, [slip, june(1, 11), None], [None, None, None])

    assert found.effective_us[0] == found.effective_us[2] == NONE
    assert from_us(int(found.effective_us[1])) == june(1, 11)
    assert years_of([slip, june(1)]) == (2025, 2028)
