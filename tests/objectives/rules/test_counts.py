"""Counts of a window: they add up first, division comes last."""

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.objectives.rules.clocks import clock_row
from shinrai.objectives.rules.counts import WindowCounts, count_window
from shinrai.objectives.rules.states import clock_table, state_at
from shinrai.objectives.rules.windows import WindowSpan
from shinrai.units.share import Share
from tests.objectives.rules.desk import OFFICE, TWO_DAYS, jst, span
from tests.objectives.rules.test_clocks import moments, spans

JUNE = WindowSpan(jst("2026-06-01T00:00"), jst("2026-07-01T00:00"), finished=False)


def june(*some, at: str = "2026-06-30T23:59", window: WindowSpan = JUNE) -> WindowCounts:
    rows = [clock_row(TWO_DAYS, OFFICE, one) for one in some]
    return count_window(clock_table(rows), window, jst(at))


class TestCounts:
    @settings(max_examples=40, deadline=None)
    @given(st.lists(spans, max_size=10), st.lists(spans, max_size=10), moments, moments, moments)
    def test_of_two_halves_add_up_to_the_whole(self, some, others, first, last, at):
        window = WindowSpan(min(first, last), max(first, last), finished=False)

        def counted(of):
            rows = [clock_row(TWO_DAYS, OFFICE, one) for one in of]
            return count_window(clock_table(rows), window, at)

        assert counted(some) + counted(others) == counted(some + others)

    @settings(max_examples=40, deadline=None)
    @given(st.lists(spans, max_size=12), moments, moments, moments)
    def test_agree_with_counting_ticket_by_ticket(self, some, first, last, at):
        window = WindowSpan(min(first, last), max(first, last), finished=False)
        rows = [clock_row(TWO_DAYS, OFFICE, one) for one in some]
        counts = count_window(clock_table(rows), window, at)
        inside = [row for row in rows if row.due_at and window.holds(row.due_at)]
        fallen = [row for row in inside if row.due_at <= at]

        for name in ("kept", "missed", "overdue"):
            assert getattr(counts, name) == sum(state_at(row, at) == name for row in fallen)
        assert counts.running == sum(state_at(row, at) == "running" for row in inside)
        assert counts.kept_ahead == sum(
            state_at(row, at) == "kept" for row in inside if row not in fallen
        )

    def test_belong_to_the_window_in_which_a_clock_fell_due(self):
        """Filed on Friday 29 May, due on Tuesday 2 June: it is June's."""
        counts = june(span("2026-05-29T11:00", "2026-06-01T11:00"))

        assert (counts.kept, counts.filed, counts.due, counts.answered) == (1, 0, 1, 1)

    def test_do_not_count_as_kept_what_was_answered_but_is_not_due_yet(self):
        counts = june(span("2026-06-02T11:00", "2026-06-02T12:00"), at="2026-06-03T12:00")

        assert (counts.kept, counts.kept_ahead, counts.fallen) == (0, 1, 0)

    def test_set_exempted_ones_apart_and_can_show_them_again(self):
        counts = june(
            span("2026-06-02T11:00", "2026-06-03T11:00"),
            span("2026-06-02T11:00", "2026-06-03T11:00", exempted="2026-06-02T12:00"),
            span("2026-06-02T11:00", "2026-06-09T11:00", exempted="2026-06-02T12:00"),
            span("2026-06-02T11:00", exempted="2026-06-02T12:00"),
            span("2026-06-29T17:00", exempted="2026-06-29T17:30"),  # due in July
        )

        assert counts.share == Share(1, 1)
        assert (counts.exempt_kept, counts.exempt_missed) == (1, 2)
        assert counts.share_with_exempted == Share(2, 4)

    def test_leave_out_what_was_cancelled_in_time(self):
        counts = june(span("2026-06-02T11:00", cancelled="2026-06-03T11:00"))

        assert counts == WindowCounts()

    def test_warn_when_pauses_took_more_than_a_fifth(self):
        much = june(
            span(
                "2026-06-02T11:00",
                "2026-06-03T12:00",
                paused=(("2026-06-02T12:00", "2026-06-02T15:00"),),
            )
        )
        little = june(
            span(
                "2026-06-02T11:00",
                "2026-06-03T12:00",
                paused=(("2026-06-02T12:00", "2026-06-02T13:48"),),
            )
        )

        assert (much.open_s, much.paused_open_s) == (9 * 3600, 3 * 3600)
        assert much.is_paused_much
        assert Fraction(little.paused_open_s, little.open_s) == Fraction(1, 5)
        assert not little.is_paused_much
