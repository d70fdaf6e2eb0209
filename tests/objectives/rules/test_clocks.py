"""Clocks: pencil and calendar agree with the computation, and both computations with each other."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.objectives.rules.clocks import NEVER, clock_columns, clock_row, span_columns
from shinrai.objectives.rules.spans import ClockSpan
from shinrai.units.moments import epoch_us
from tests.objectives.rules.desk import (
    OFFICE,
    SAME_TIME,
    SIXTEEN_HOURS,
    TIMETABLE,
    TWO_DAYS,
    jst,
    span,
)

DEFINITIONS = (TWO_DAYS, SAME_TIME, SIXTEEN_HOURS)
moments = st.integers(0, 60 * 24 * 4).map(  # every quarter of an hour, Golden Week inside
    lambda quarter: datetime(2026, 4, 15, tzinfo=UTC) + timedelta(minutes=15 * quarter)
)
optional = st.none() | moments
spans = st.builds(
    ClockSpan,
    case_id=st.integers(1, 9),
    index=st.just(1),
    mode=st.just("via_cs"),
    started_at=moments,
    stopped_at=optional,
    pauses=st.lists(
        st.tuples(moments, moments).map(sorted).map(tuple) | st.tuples(moments, st.none()),
        max_size=3,
    ).map(tuple),
    cancelled_at=optional,
    spam=st.booleans(),
    exempted_at=optional,
)


def us(at: datetime | None) -> int:
    return NEVER if at is None else epoch_us(at)


class TestClocks:
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(DEFINITIONS), st.lists(spans, max_size=12))
    def test_are_the_same_one_by_one_and_in_columns(self, definition, some):
        rows = [clock_row(definition, OFFICE, one) for one in some]
        columns = clock_columns(definition, TIMETABLE, span_columns(some))

        assert columns.effective_us.tolist() == [us(row.effective_at) for row in rows]
        assert columns.due_us.tolist() == [us(row.due_at) for row in rows]
        assert columns.due_without_pauses_us.tolist() == [
            us(row.due_without_pauses_at) for row in rows
        ]
        assert columns.paused_since_us.tolist() == [us(row.paused_since) for row in rows]
        assert columns.open_s.tolist() == [row.open_s for row in rows]
        assert columns.paused_open_s.tolist() == [row.paused_open_s for row in rows]

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(DEFINITIONS), spans)
    def test_are_never_due_earlier_for_having_paused(self, definition, one):
        row = clock_row(definition, OFFICE, one)

        assert row.due_at is None or row.due_at >= row.due_without_pauses_at
        assert 0 <= row.paused_open_s <= row.open_s

    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(DEFINITIONS), spans)
    def test_that_stopped_always_have_a_due_moment(self, definition, one):
        row = clock_row(definition, OFFICE, one)

        if one.stopped_at is not None:
            assert row.due_at is not None
            assert row.paused_since is None

    def test_agree_with_every_vector_worked_by_hand(self, shared):
        vectors = json.loads((shared / "cases" / "due_vectors_jp.json").read_text())
        every = vectors["vectors"] + vectors["with_pauses"]
        for vector in every:
            one = span(vector["filed"], paused=tuple(map(tuple, vector.get("pauses", ()))))
            for definition, due in ((TWO_DAYS, "due_a"), (SIXTEEN_HOURS, "due_b")):
                expected = jst(vector[due]) if vector[due] else None
                assert clock_row(definition, OFFICE, one).due_at == expected, vector["why"]
        assert len(every) == 20


class TestStories:
    def test_filed_after_hours_before_golden_week(self):
        """Friday 1 May 2026, 18:30: counts as Thursday 7 May, due Monday 11 May at the close."""
        row = clock_row(TWO_DAYS, OFFICE, span("2026-05-01T18:30"))

        assert row.effective_at == jst("2026-05-07T10:00")
        assert row.due_at == jst("2026-05-11T18:00")

    def test_sent_back_on_wednesday_and_resubmitted_on_thursday(self):
        sent_back = (("2026-06-03T10:00", "2026-06-04T15:00"),)
        row = clock_row(TWO_DAYS, OFFICE, span("2026-06-02T11:00", paused=sent_back))

        assert row.due_at == jst("2026-06-05T18:00")
        assert row.due_without_pauses_at == jst("2026-06-04T18:00")
        assert row.paused_since is None

    def test_still_sent_back_has_no_due_moment_and_says_since_when(self):
        row = clock_row(
            TWO_DAYS, OFFICE, span("2026-06-02T11:00", paused=(("2026-06-03T10:00", None),))
        )

        assert (row.due_at, row.paused_since) == (None, jst("2026-06-03T10:00"))
        assert row.open_s == 7 * 3600  # Tuesday from 11:00 to the close

    def test_answered_while_sent_back_ends_the_pause_at_the_answer(self):
        """Kana answers on Thursday at 15:00 though the filer never resubmitted."""
        row = clock_row(
            TWO_DAYS,
            OFFICE,
            span("2026-06-02T11:00", "2026-06-04T15:00", paused=(("2026-06-03T10:00", None),)),
        )

        assert row.due_at == jst("2026-06-05T18:00")
        assert row.paused_since is None
        assert (row.open_s, row.paused_open_s) == (20 * 3600, 13 * 3600)

    @pytest.mark.parametrize("until", ["2026-06-08T10:00", None])
    def test_a_pause_after_the_due_moment_does_not_undo_the_miss(self, until):
        row = clock_row(
            TWO_DAYS, OFFICE, span("2026-06-02T11:00", paused=(("2026-06-05T10:00", until),))
        )

        assert row.due_at == jst("2026-06-04T18:00")
