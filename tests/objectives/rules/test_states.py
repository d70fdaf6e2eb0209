"""States: every clock is in exactly one, and only comparisons say in which."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.states import (
    NOT_STARTED,
    STATES,
    clock_table,
    state_at,
    states_at,
)
from tests.objectives.rules.desk import OFFICE, TWO_DAYS, jst, span
from tests.objectives.rules.test_clocks import DEFINITIONS, moments, spans

SECOND = timedelta(seconds=1)
DUE = "2026-06-04T18:00"  # of what was filed on Tuesday 2 June 2026 at 11:00


def state(at: str, **steps: object) -> str | None:
    return state_at(clock_row(TWO_DAYS, OFFICE, span("2026-06-02T11:00", **steps)), jst(at))


class TestStates:
    @settings(max_examples=40, deadline=None)
    @given(st.sampled_from(DEFINITIONS), st.lists(spans, max_size=12), moments)
    def test_are_the_same_one_by_one_and_in_columns(self, definition, some, at):
        rows = [clock_row(definition, OFFICE, one) for one in some]
        names = [
            None if code == NOT_STARTED else STATES[code]
            for code in states_at(clock_table(rows), at).tolist()
        ]

        assert names == [state_at(row, at) for row in rows]

    @settings(max_examples=40, deadline=None)
    @given(spans, moments)
    def test_only_compare_stop_or_moment_with_the_due_moment(self, one, at):
        row = clock_row(TWO_DAYS, OFFICE, one)
        name = state_at(row, at)
        over = row.stopped_at if row.stopped_at is not None and row.stopped_at <= at else at

        if name in ("kept", "running"):
            assert row.due_at is not None
            assert over <= row.due_at
        if name in ("missed", "overdue"):
            assert row.due_at is not None
            assert over > row.due_at
        if name == "paused":
            assert row.due_at is None

    @settings(max_examples=40, deadline=None)
    @given(spans, moments, moments)
    def test_once_judged_stay_judged(self, one, first, second):
        """Kept, missed and void are for good; a miss is undone by nothing but finding out spam."""
        row = clock_row(TWO_DAYS, OFFICE, one)
        earlier, later = sorted((first, second))
        before, after = state_at(row, earlier), state_at(row, later)

        if before == "void":
            assert after == "void"
        if before in ("missed", "overdue") and not row.spam:
            assert after in ("missed", "overdue")


class TestStories:
    def test_before_it_was_filed_there_is_nothing(self):
        assert state("2026-06-02T10:59") is None

    def test_the_close_itself_is_in_time_and_a_second_later_is_not(self):
        assert state("2026-06-30T00:00", answered=DUE) == "kept"
        assert state("2026-06-30T00:00", answered="2026-06-04T18:00:01") == "missed"

    def test_late_is_late_before_the_next_opening_too(self):
        assert state(DUE) == "running"
        assert state("2026-06-04T18:00:01") == "overdue"

    def test_overdue_becomes_missed_when_it_is_answered(self):
        late = "2026-06-05T09:00"
        assert state("2026-06-05T08:59", answered=late) == "overdue"
        assert state(late, answered=late) == "missed"

    def test_sent_back_is_paused(self):
        assert state("2026-06-04T12:00", paused=(("2026-06-03T10:00", None),)) == "paused"

    @pytest.mark.parametrize(
        ("cancelled", "spam", "expected"),
        [
            ("2026-06-03T12:00", False, "void"),
            (DUE, False, "void"),
            ("2026-06-04T18:00:01", False, "missed"),
            ("2026-06-08T12:00", True, "void"),
        ],
    )
    def test_cancelling_in_time_makes_it_void_and_later_only_spam_does(
        self, cancelled, spam, expected
    ):
        assert state("2026-06-10T12:00", cancelled=cancelled, spam=spam) == expected

    def test_cancelling_counts_from_when_it_happened(self):
        assert state("2026-06-03T11:59", cancelled="2026-06-03T12:00") == "running"

    @pytest.mark.parametrize(
        ("exempted", "expected"), [("2026-06-03T12:00", "exempt"), ("2026-06-05T12:00", "overdue")]
    )
    def test_exempting_after_the_due_moment_changes_nothing(self, exempted, expected):
        assert state("2026-06-10T12:00", exempted=exempted) == expected

    def test_exempting_what_is_paused_is_in_time(self):
        paused = (("2026-06-03T10:00", None),)
        assert state("2026-06-10T12:00", paused=paused, exempted="2026-06-09T12:00") == "exempt"
