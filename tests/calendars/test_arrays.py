"""The two forms of business time agree on every input."""

from datetime import date, datetime, timedelta

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
from shinrai.calendars.rules.csr import Pauses
from shinrai.calendars.rules.days import NothingOpen
from shinrai.calendars.rules.timetable import BeyondHorizon, compile_calendar, open_before
from shinrai.units.moments import epoch_us
from tests.calendars.strategies import FIRST, LAST, calendars, lengths, moments, pauses

UNKNOWN = object()
rows = st.lists(st.tuples(moments, lengths, pauses), min_size=1, max_size=6)
thoroughly = settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=60)


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
