"""The CUSUM: at most one alarm a year on target, never for a single miss, soon when it matters."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.statistics.cusum import (
    CusumPlan,
    CusumSteps,
    cusum_plan,
    cusum_steps,
    run_cusum,
    run_length,
    shifted_share,
)
from shinrai.units.unknown import Unknown

TWENTY_A_WEEK = 1040
targets = st.sampled_from([Fraction(n, 1000) for n in (500, 700, 800, 900, 950, 980, 990, 999)])


def plan(target: str, volume: int = TWENTY_A_WEEK) -> CusumPlan:
    found = cusum_plan(Fraction(target), volume)
    assert isinstance(found, CusumPlan)
    return found


class TestSteps:
    def test_look_for_odds_four_times_those_on_target(self):
        assert shifted_share(Fraction(1, 20)) == Fraction(4, 23)

    @pytest.mark.parametrize("miss_share", [0.3, 0.05, 0.01])
    def test_stand_in_the_ratio_of_the_log_likelihoods(self, miss_share):
        p1 = float(shifted_share(Fraction(str(miss_share))))
        climb = np.log(p1 / miss_share)
        sink = np.log((1 - miss_share) / (1 - p1))
        steps = cusum_steps(Fraction(str(miss_share)))

        assert steps.climb / steps.sink == pytest.approx(climb / sink, rel=2e-3)

    def test_are_refused_where_misses_are_rarer_than_one_in_a_thousand(self):
        with pytest.raises(ValueError, match="cannot be watched"):
            cusum_steps(Fraction(1, 2000))


class TestRunLength:
    def test_of_two_misses_in_a_row_is_what_a_pencil_says(self):
        """Climb 1, sink 1, threshold 2: two in a row from 0; E = (1 + p) / p^2 … at p = 1/2: 6."""
        assert run_length(CusumSteps(1, 1), 2, 0.5) == pytest.approx(6)

    def test_equals_a_dense_solution(self):
        steps, threshold, share = CusumSteps(7, 3), 19, 0.2
        chain = np.zeros((threshold, threshold))
        for height in range(threshold):
            if height + steps.climb < threshold:
                chain[height, height + steps.climb] += share
            chain[height, max(0, height - steps.sink)] += 1 - share
        dense = np.linalg.solve(np.eye(threshold) - chain, np.ones(threshold))

        assert run_length(steps, threshold, share) == pytest.approx(dense[0])


class TestPlan:
    @settings(max_examples=40, deadline=None)
    @given(targets, st.integers(1, 20_000))
    def test_alarms_a_team_on_target_at_most_once_a_year_and_never_for_one_miss(
        self, target, volume
    ):
        found = cusum_plan(target, volume)

        assert isinstance(found, CusumPlan)
        assert found.false_alarms_a_year <= 1
        assert found.threshold > found.steps.climb

    @settings(max_examples=40, deadline=None)
    @given(targets, st.integers(1, 20_000))
    def test_takes_the_lowest_threshold_that_does(self, target, volume):
        found = cusum_plan(target, volume)

        assert isinstance(found, CusumPlan)
        lower = found.threshold - 1
        if lower > found.steps.climb:
            assert run_length(found.steps, lower, float(1 - target)) < volume

    @pytest.mark.parametrize("target", ["0.95", "0.7", "0.99"])
    def test_alarms_so_rarely_in_simulated_years_too(self, target):
        """4,000 years of 20 tickets a week, all on target; counted, not computed."""
        rng = np.random.default_rng(4)
        found, years = plan(target), 4_000
        missed = rng.random((TWENTY_A_WEEK, years)) < float(1 - Fraction(target))
        height = np.zeros(years, np.int64)
        alarms = np.zeros(years, np.int64)
        for week in missed:
            height = np.where(
                week, height + found.steps.climb, np.maximum(0, height - found.steps.sink)
            )
            alarmed = height >= found.threshold
            alarms += alarmed
            height[alarmed] = 0

        # from the first year on, and not far below what the chain promises
        assert alarms.mean() <= 1 + 3 * alarms.std() / np.sqrt(years)
        assert alarms.mean() > 0.6 * found.false_alarms_a_year

    @pytest.mark.parametrize(("target", "within"), [("0.95", 60), ("0.7", 25)])
    def test_notices_four_times_the_odds_within_weeks(self, target, within):
        found = plan(target)

        worse = float(shifted_share(1 - Fraction(target)))
        assert run_length(found.steps, found.threshold, worse) < within

    def test_stays_silent_where_nothing_fell_due(self):
        assert isinstance(cusum_plan(Fraction(19, 20), 0), Unknown)

    def test_says_that_999_in_1000_is_its_limit(self):
        assert isinstance(cusum_plan(Fraction("0.9999"), 1000), Unknown)

    def test_refuses_a_target_that_allows_no_miss(self):
        with pytest.raises(ValueError, match="between 0 and 1"):
            cusum_plan(Fraction(1), 1000)


class TestWalk:
    def test_one_miss_never_alarms_wherever_it_stands(self):
        found = plan("0.99", 20)
        for before in (0, 5, 500):
            assert run_cusum(found, [False] * before + [True] + [False] * 9).alarms == ()

    def test_two_misses_in_a_row_alarm_at_the_lowest_threshold(self):
        assert run_cusum(plan("0.99", 20), [True, True]).alarms == (1,)

    def test_starts_again_after_an_alarm(self):
        path = run_cusum(plan("0.99", 20), [True, True, True])

        assert path.alarms == (1,)
        assert path.height == cusum_steps(Fraction(1, 100)).climb

    def test_a_bad_fortnight_at_95_percent_alarms_and_three_misses_in_a_week_do_not(self):
        found = plan("0.95")
        calm_week = [False] * 17 + [True] * 3
        bad_fortnight = ([False] * 4 + [True]) * 8

        assert run_cusum(found, [False] * 100 + calm_week).alarms == ()
        assert run_cusum(found, [False] * 100 + bad_fortnight).alarms != ()

    @settings(deadline=None)
    @given(st.lists(st.booleans(), max_size=300), st.sampled_from(["0.5", "0.95", "0.99"]))
    def test_is_the_walk_ticket_by_ticket(self, missed, target):
        found = plan(target, 20)
        height, alarms = 0, []
        for place, miss in enumerate(missed):
            height = height + found.steps.climb if miss else max(0, height - found.steps.sink)
            if height >= found.threshold:
                alarms.append(place)
                height = 0
        path = run_cusum(found, missed)

        assert (path.height, list(path.alarms)) == (height, alarms)
        assert sum(missed) >= 2 * len(alarms)

    def test_of_nothing_is_flat(self):
        assert run_cusum(plan("0.95"), []).height == 0
