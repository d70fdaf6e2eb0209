"""Forecasts: what is still to come, taken from the last weeks, and how likely that is to break."""

from datetime import timedelta
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.objectives.rules.budget import Budget
from shinrai.objectives.rules.counts import WindowCounts
from shinrai.objectives.rules.forecast import (
    arrivals_expected,
    break_probability,
    due_without_pauses,
)
from shinrai.units.moments import epoch_us
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown
from tests.objectives.rules.desk import TIMETABLE, TWO_DAYS, jst
from tests.objectives.rules.test_counts import JUNE

DAY = timedelta(days=1)
DUE_OF = due_without_pauses(TWO_DAYS, TIMETABLE)


def arrivals(filed, *, at, until, known_since="2026-01-05T00:00"):
    return arrivals_expected(
        np.array([epoch_us(moment) for moment in filed], np.int64),
        known_since=jst(known_since),
        at=jst(at),
        until=jst(until),
        zone="Asia/Tokyo",
        due_of=DUE_OF,
    )


def every_week(weeks: int, first: str):
    """File one a week at the same hour."""
    return [jst(first) + timedelta(days=7 * n) for n in range(weeks)]


class TestArrivals:
    def test_repeat_the_weekdays_of_the_last_eight_weeks(self):
        """One each Monday at 11:00. From Monday 15 June, noon, to the end of June: due by then are
        those of the 22nd (Wednesday the 24th); the 29th falls due on 1 July."""
        found = arrivals(
            every_week(30, "2026-01-05T11:00"), at="2026-06-15T12:00", until="2026-07-01T00:00"
        )

        assert (found.expected, found.weeks) == (1, 8)

    def test_let_holidays_ahead_move_what_would_be_due(self):
        """One each Thursday at 11:00. From Monday 27 April, those of 30 April are due on 7 May, for
        Golden Week lies between; so by Wednesday 6 May nothing more falls due."""
        filed = every_week(30, "2025-11-06T11:00")

        found = arrivals(
            filed, at="2026-04-27T10:00", until="2026-05-07T00:00", known_since="2025-11-01T00:00"
        )
        assert found.expected == 0
        found = arrivals(
            filed, at="2026-04-27T10:00", until="2026-05-08T00:00", known_since="2025-11-01T00:00"
        )
        assert found.expected == 1

    def test_count_in_eighths_what_came_irregularly(self):
        found = arrivals(
            [jst("2026-05-04T11:00"), jst("2026-05-18T11:00"), jst("2026-06-08T11:00")],
            at="2026-06-15T09:00",
            until="2026-06-20T00:00",
        )

        assert found.expected == Fraction(3, 8)

    def test_use_four_to_seven_weeks_where_there_are_no_more(self):
        filed = every_week(10, "2026-05-11T11:00")
        found = arrivals(
            filed, at="2026-06-15T09:00", until="2026-06-20T00:00", known_since="2026-05-11T00:00"
        )

        assert (found.expected, found.weeks) == (1, 5)

    def test_are_unknown_from_less_than_four_weeks(self):
        found = arrivals(
            [], at="2026-06-15T09:00", until="2026-07-01T00:00", known_since="2026-05-20T00:00"
        )

        assert isinstance(found.expected, Unknown)
        assert "3 whole weeks" in found.expected.reason

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 56 * 24 * 60), max_size=30), st.integers(1, 40))
    def test_do_not_shrink_when_the_window_is_longer(self, minutes, days):
        at = jst("2026-06-15T12:00")
        filed = [at - timedelta(minutes=one) for one in minutes]

        def until(end):
            return arrivals_expected(
                np.array([epoch_us(moment) for moment in filed], np.int64),
                known_since=jst("2026-01-01T00:00"),
                at=at,
                until=end,
                zone="Asia/Tokyo",
                due_of=DUE_OF,
            ).expected

        assert until(at + (days + 1) * DAY) >= until(at + days * DAY)


def chance(kept, missed, *, running=0, ahead=0, to_come=Fraction(0), recent=None):
    counts = WindowCounts(kept=kept, missed=missed, running=running, kept_ahead=ahead)
    found = Budget(Fraction(95, 100), JUNE, counts, to_come)
    return break_probability(found, recent or Share(2, 100))


class TestBreakProbability:
    def test_is_sure_where_nothing_is_open(self):
        assert chance(19, 1) == pytest.approx(0)
        assert chance(18, 2) == pytest.approx(1)

    def test_of_one_open_ticket_is_the_share_of_misses_seen(self):
        """One open, no miss fits: Beta(1 + 2, 19 + 98) has mean 3/120."""
        assert chance(9, 0, running=1) == pytest.approx(3 / 120)

    def test_does_not_fear_for_what_was_answered(self):
        assert chance(9, 0, ahead=1) == pytest.approx(0)

    @given(st.integers(0, 60), st.integers(0, 6), st.integers(0, 10), st.integers(0, 160))
    @settings(max_examples=60, deadline=None)
    def test_rises_with_every_miss(self, kept, missed, running, eighths):
        to_come = Fraction(eighths, 8)

        assert (
            chance(kept, missed + 1, running=running, to_come=to_come)
            >= chance(kept + 1, missed, running=running, to_come=to_come) - 1e-9
        )

    def test_agrees_with_drawing_lots(self):
        """200,000 Junes drawn from the stated model, seeded."""
        rng = np.random.default_rng(6)
        share = rng.beta(1 + 4, 19 + 76, 200_000)
        coming = rng.poisson(20, 200_000)
        misses = 1 + rng.binomial(6 + coming, share)
        drawn = (misses > np.floor((40 + coming) / 20)).mean()

        found = chance(33, 1, running=6, to_come=Fraction(20), recent=Share(4, 80))
        assert found == pytest.approx(drawn, abs=0.005)

    def test_is_unknown_where_arrivals_are(self):
        assert isinstance(chance(9, 0, to_come=Unknown("too short")), Unknown)
