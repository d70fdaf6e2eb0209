"""The time axis: even within a piece, folded where the desk is closed, never backwards."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.console.charts.axis import closures, day_marks, lay_out
from tests.console.lives import shut, tokyo

WEDNESDAY, FRIDAY = tokyo(6, 3, 14), tokyo(6, 5, 18)


def test_an_open_hour_is_as_wide_in_the_morning_as_in_the_evening():
    axis = lay_out(WEDNESDAY, FRIDAY, shut(WEDNESDAY, FRIDAY), left=0, right=900)
    morning = axis.x(tokyo(6, 4, 11)) - axis.x(tokyo(6, 4, 10))
    evening = axis.x(tokyo(6, 4, 18)) - axis.x(tokyo(6, 4, 17))
    assert morning == pytest.approx(evening)


def test_a_night_is_folded_to_less_than_two_open_hours_and_a_weekend_is_wider():
    start, end = tokyo(6, 4, 10), tokyo(6, 9, 18)
    axis = lay_out(start, end, shut(start, end), left=0, right=900)
    hour = axis.x(tokyo(6, 4, 11)) - axis.x(tokyo(6, 4, 10))
    night = axis.x(tokyo(6, 5, 10)) - axis.x(tokyo(6, 4, 18))
    weekend = axis.x(tokyo(6, 8, 10)) - axis.x(tokyo(6, 5, 18))
    assert night < 2 * hour < weekend < 4 * hour


def test_a_mail_at_midnight_stands_between_evening_and_morning():
    axis = lay_out(WEDNESDAY, FRIDAY, shut(WEDNESDAY, FRIDAY), left=0, right=900)
    assert axis.x(tokyo(6, 3, 18)) < axis.x(tokyo(6, 4, 0)) < axis.x(tokyo(6, 4, 10))


def test_half_a_year_folds_no_nights_on_a_phone():
    start, end = tokyo(1, 13, 10), tokyo(7, 3, 12)
    axis = lay_out(start, end, shut(start, end), left=0, right=350)
    assert [piece.closed for piece in axis.pieces] == [None]


@given(
    st.lists(st.integers(0, 14 * 24 * 60), min_size=2, max_size=40),
    st.integers(1, 30 * 24 * 60),
)
def test_time_never_runs_backwards_and_fills_the_width(minutes, length):
    start = tokyo(6, 1)
    end = start + timedelta(minutes=length)
    axis = lay_out(start, end, shut(start, end, lunch=True), left=10, right=500)
    places = [axis.x(start + timedelta(minutes=minute)) for minute in sorted(minutes)]
    assert places == sorted(places)
    assert axis.x(start) == pytest.approx(10)
    assert axis.x(end) == pytest.approx(500)


def test_the_parts_of_a_span_touch_each_other():
    axis = lay_out(WEDNESDAY, FRIDAY, shut(WEDNESDAY, FRIDAY), left=0, right=900)
    parts = list(axis.parts(tokyo(6, 3, 16), tokyo(6, 4, 12)))
    assert [closed for _, _, closed in parts] == [False, True, False]
    assert parts[0][1] == parts[1][0]
    assert parts[1][1] == parts[2][0]


def test_what_lies_between_open_spans_is_closed():
    start, end = tokyo(6, 3, 9), tokyo(6, 3, 20)
    opened = [(tokyo(6, 3, 13), tokyo(6, 3, 18)), (tokyo(6, 3, 10), tokyo(6, 3, 12))]
    found = [(c.start, c.end) for c in closures(opened, start, end)]
    assert found == [
        (start, tokyo(6, 3, 10)),
        (tokyo(6, 3, 12), tokyo(6, 3, 13)),
        (tokyo(6, 3, 18), end),
    ]


def test_an_axis_without_length_is_refused():
    with pytest.raises(ValueError, match="later end"):
        lay_out(FRIDAY, FRIDAY, (), left=0, right=1)


def test_days_then_mondays_then_months_are_named():
    def labels(end):
        marks = day_marks(tokyo(6, 3, 14), end, zone="Asia/Tokyo", language="en")
        return [mark.label for mark in marks if mark.is_day]

    assert labels(tokyo(6, 5, 18)) == ["Wed 3 June", "Thu 4 June", "Fri 5 June"]
    assert labels(tokyo(6, 20)) == ["Wed 3 June", "Mon 8 June", "Mon 15 June"]
    assert labels(tokyo(12, 20))[:3] == ["June", "July", "Aug"]


def test_the_day_the_clocks_change_is_one_day_long():
    """29 March 2026 has 23 hours in Berlin; the marks still stand at its midnights."""
    start, end = tokyo(3, 28, 20), tokyo(3, 31, 20)
    marks = day_marks(start, end, zone="Europe/Berlin", language="en")
    midnights = [mark.at for mark in marks if mark.is_day]
    assert midnights[2] - midnights[1] == timedelta(hours=23)
