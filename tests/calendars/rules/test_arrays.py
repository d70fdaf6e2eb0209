"""The two forms of business time agree on every input."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shinrai.calendars.rules import business_time as scalar
from shinrai.calendars.rules.arrays import (
    NO_DUE,
    due_array,
    due_by_close_array,
    due_same_time_array,
    effective_array,
    elapsed_array,
)
from shinrai.calendars.rules.business_time import NegativeTarget
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.pause_columns import Pauses
from shinrai.calendars.rules.time_zone import wall_to_utc
from shinrai.calendars.rules.timetable import BeyondHorizon, compile_calendar, open_before
from shinrai.units.moments import epoch_us
from tests.calendars.strategies import FIRST, LAST, calendars, lengths, moments, pauses

UNKNOWN = object()
rows = st.lists(st.tuples(moments, lengths, pauses), min_size=1, max_size=6)
thoroughly = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=20)


def laid_out(found):
    """Turn generated rows into moments and pauses that start near them."""
    starts = [start for start, _, _ in found]
    paused = [
        [
            (start + after, None if length is None else start + after + length)
            for after, length in gaps
        ]
        for start, _, gaps in found
    ]
    columns = Pauses.of(
        [(epoch_us(begun), over and epoch_us(over)) for begun, over in row] for row in paused
    )
    return starts, paused, np.array([epoch_us(start) for start in starts]), columns


def one_by_one(form, *columns):
    """Ask the scalar form row by row; what lies beyond the horizon is left open."""
    answers = []
    for row in zip(*columns, strict=True):
        try:
            answer = form(*row)
        except NothingOpen:
            answers.append(UNKNOWN)
            continue
        answers.append(NO_DUE if answer is None else epoch_us(answer))
    return answers


def both_agree(timetable, expected, ask):
    """Compare, where the scalar form answers within the horizon; beyond it arrays must refuse."""
    if any(answer is UNKNOWN or answer > timetable.upper for answer in expected):
        with pytest.raises(BeyondHorizon):
            ask()
    else:
        assert ask().tolist() == expected


class TestEveryInput:
    @thoroughly
    @given(calendars(), rows)
    def test_elapsed(self, calendar, found):
        timetable = compile_calendar(calendar, FIRST, LAST)
        starts, paused, start_us, columns = laid_out(found)
        ends = [start + length for start, length, _ in found]
        end_us = np.array([epoch_us(end) for end in ends])

        expected = [
            scalar.elapsed(calendar, *row) // timedelta(microseconds=1)
            for row in zip(starts, ends, paused, strict=True)
        ]

        assert elapsed_array(timetable, start_us, end_us, columns).tolist() == expected

    @thoroughly
    @given(calendars(), rows)
    def test_effective(self, calendar, found):
        timetable = compile_calendar(calendar, FIRST, LAST)
        starts, _, start_us, _ = laid_out(found)

        expected = one_by_one(lambda at: scalar.effective(calendar, at), starts)

        both_agree(timetable, expected, lambda: effective_array(timetable, start_us))

    @thoroughly
    @given(calendars(), rows, st.sampled_from([0, 1, 3600, 57_600, 400_000]))
    def test_due(self, calendar, found, seconds):
        timetable = compile_calendar(calendar, FIRST, LAST)
        starts, paused, start_us, columns = laid_out(found)

        expected = one_by_one(
            lambda at, gaps: scalar.due(calendar, at, seconds, gaps), starts, paused
        )

        both_agree(timetable, expected, lambda: due_array(timetable, start_us, seconds, columns))

    @thoroughly
    @given(calendars(), rows, st.integers(0, 6))
    def test_due_by_close(self, calendar, found, days):
        timetable = compile_calendar(calendar, FIRST, LAST)
        starts, paused, at_us, columns = laid_out(found)

        expected = one_by_one(
            lambda at, gaps: scalar.due_by_close(calendar, at, days, gaps), starts, paused
        )

        both_agree(timetable, expected, lambda: due_by_close_array(timetable, at_us, days, columns))

    @thoroughly
    @given(calendars(), rows, st.integers(0, 6))
    def test_due_same_time(self, calendar, found, days):
        timetable = compile_calendar(calendar, FIRST, LAST)
        starts, paused, at_us, columns = laid_out(found)

        expected = one_by_one(
            lambda at, gaps: scalar.due_same_time(calendar, at, days, gaps), starts, paused
        )

        both_agree(
            timetable, expected, lambda: due_same_time_array(timetable, at_us, days, columns)
        )

    @thoroughly
    @given(calendars(), rows)
    def test_buckets_say_what_a_search_says(self, calendar, found):
        timetable = compile_calendar(calendar, FIRST, LAST)
        at_us = np.array([epoch_us(start) for start, _, _ in found])
        nothing = np.full_like(at_us, timetable.lower)

        passed = open_before(timetable, at_us) - open_before(timetable, nothing)

        assert elapsed_array(timetable, nothing, at_us).tolist() == passed.tolist()


class TestWhatIsRefused:
    OFFICE = read_calendar(
        {"zone": "Asia/Tokyo", "weekly": {day: ["10:00-19:00"] for day in ("mon", "tue", "wed")}}
    )
    JUNE = compile_calendar(OFFICE, date(2026, 6, 1), date(2026, 6, 30))

    @staticmethod
    def at(*when):
        return np.array([epoch_us(datetime(*when, tzinfo=UTC))])

    @pytest.mark.parametrize("when", [(2026, 5, 31, 14, 59, 59), (2026, 6, 30, 15, 0, 0, 1)])
    def test_moments_beyond_the_compiled_dates(self, when):
        """June begins and ends at 15:00 UTC in Tokyo."""
        inside, outside = self.at(2026, 6, 15), self.at(*when)

        with pytest.raises(BeyondHorizon, match="1 rows lies outside 2026-06-01 to 2026-06-30"):
            elapsed_array(self.JUNE, inside, outside)
        with pytest.raises(BeyondHorizon):
            elapsed_array(self.JUNE, outside, inside)
        for form in (due_array, due_by_close_array, due_same_time_array):
            with pytest.raises(BeyondHorizon):
                form(self.JUNE, outside, 0)
        with pytest.raises(BeyondHorizon):
            effective_array(self.JUNE, outside)

    def test_due_moments_beyond_the_compiled_dates(self):
        late = self.at(2026, 6, 30, 9)  # Tuesday 18:00 in Tokyo

        assert due_array(self.JUNE, late, 3600).tolist() == self.at(2026, 6, 30, 10).tolist()
        with pytest.raises(BeyondHorizon, match="the due moment"):
            due_array(self.JUNE, late, 3601)
        with pytest.raises(BeyondHorizon, match="the due moment"):
            due_by_close_array(self.JUNE, late, 1)
        with pytest.raises(BeyondHorizon, match="the due moment"):
            due_same_time_array(self.JUNE, late, 1)

    def test_an_open_pause_beyond_the_compiled_dates_is_no_answer(self):
        """Whether it is due before the pause begins, these dates cannot tell."""
        late, july = self.at(2026, 6, 30, 9), epoch_us(datetime(2026, 7, 20, tzinfo=UTC))

        with pytest.raises(BeyondHorizon):
            due_array(self.JUNE, late, 360_000, Pauses.of([[(july, None)]]))

    @pytest.mark.parametrize("form", [due_array, due_by_close_array, due_same_time_array])
    def test_a_negative_target(self, form):
        with pytest.raises(NegativeTarget, match="1 rows is negative"):
            form(self.JUNE, self.at(2026, 6, 15), np.array([-1]))

    def test_pauses_of_other_rows(self):
        now = self.at(2026, 6, 15)

        with pytest.raises(ValueError, match="pauses are given for 2 rows, moments for 1"):
            elapsed_array(self.JUNE, now, now, Pauses.of([[(0, 1)], [(0, 1)]]))

    def test_no_rows_are_no_trouble(self):
        nothing = np.zeros(0, dtype=np.int64)

        assert elapsed_array(self.JUNE, nothing, nothing, Pauses.none(0)).tolist() == []
        assert due_array(self.JUNE, nothing, 3600).tolist() == []
        assert due_by_close_array(self.JUNE, nothing, 2).tolist() == []
        assert due_same_time_array(self.JUNE, nothing, 2).tolist() == []
        assert effective_array(self.JUNE, nothing).tolist() == []

    def test_a_target_for_each_row(self):
        at = np.repeat(self.at(2026, 6, 15, 1), 3)

        due = due_array(self.JUNE, at, np.array([3600, 0, 7200]))

        assert (due - at).tolist() == [3_600_000_000, 0, 7_200_000_000]


class TestManySpansInABucket:
    """Ten minutes of work, two of rest, all day: no bucket meets only one span."""

    def test_agrees_with_the_scalar_form(self):
        hours = [
            f"{m // 60:02}:{m % 60:02}-{m // 60:02}:{m % 60 + 10:02}" for m in range(0, 1440, 12)
        ]
        calendar = read_calendar({"zone": "Asia/Tokyo", "weekly": {"mon": hours, "thu": hours}})
        timetable = compile_calendar(calendar, date(2026, 6, 1), date(2026, 6, 30))
        starts = [datetime(2026, 6, 3, tzinfo=UTC) + timedelta(minutes=7 * n) for n in range(300)]
        ends = [start + timedelta(hours=30, seconds=11) for start in starts]

        passed = elapsed_array(
            timetable,
            np.array([epoch_us(start) for start in starts]),
            np.array([epoch_us(end) for end in ends]),
        )

        assert passed.tolist() == [
            scalar.elapsed(calendar, start, end) // timedelta(microseconds=1)
            for start, end in zip(starts, ends, strict=True)
        ]
        assert len(timetable.buckets.layers) > 1


class TestSmallHours:
    """What random calendars rarely meet, in both forms."""

    OFFICE = read_calendar(
        {"zone": "Asia/Tokyo", "weekly": {day: ["10:00-19:00"] for day in ("mon", "tue", "wed")}}
    )

    @staticmethod
    def agree(calendar, on, form, in_array, at, days, gaps=()):
        timetable = compile_calendar(calendar, on - timedelta(days=9), on + timedelta(days=60))
        row = [(epoch_us(start), epoch_us(end)) for start, end in gaps]

        found = in_array(timetable, np.array([epoch_us(at)]), days, Pauses.of([row]))

        expected = form(calendar, at, days, gaps)
        assert found.tolist() == [epoch_us(expected)]
        return expected

    def test_two_pauses_in_one_last_second_take_one_day(self):
        filed = datetime(2026, 6, 1, 3, tzinfo=UTC)  # Monday noon in Tokyo
        close = datetime(2026, 6, 2, 10, tzinfo=UTC)
        tenth = timedelta(milliseconds=100)
        gaps = [(close - 8 * tenth, close - 6 * tenth), (close - 4 * tenth, close - 2 * tenth)]

        due = self.agree(
            self.OFFICE,
            date(2026, 6, 1),
            scalar.due_by_close,
            due_by_close_array,
            filed,
            1,
            gaps,
        )

        assert due == datetime(2026, 6, 3, 10, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("zone", "wall", "hour"),
        [
            ("Europe/Berlin", (2026, 3, 28, 2, 30), 1.5),  # 02:30 does not come: 03:30
            ("Europe/Berlin", (2026, 10, 24, 2, 30), 0.5),  # 02:30 comes twice: the first
            ("Europe/Berlin", (2026, 10, 24, 3, 0), 2),
            ("America/Sao_Paulo", (2018, 11, 3, 0, 15), 3.25),  # midnight does not come
        ],
    )
    def test_the_same_time_on_a_day_clocks_move(self, zone, wall, hour):
        days = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
        calendar = read_calendar({"zone": zone, "weekly": {day: ["00:00-24:00"] for day in days}})
        on = date(*wall[:3])

        due = self.agree(
            calendar,
            on,
            scalar.due_same_time,
            due_same_time_array,
            wall_to_utc(zone, datetime(*wall)),
            1,
        )

        midnight = datetime(*wall[:3], tzinfo=UTC) + timedelta(days=1)
        assert due == midnight + timedelta(hours=hour)
