"""Shares of offers taken: learners are drawn, so they alone narrow an interval."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.missions.rules.comparison import LEAST, OffersOfLearner, difference, taken_share
from shinrai.statistics.interval import Interval
from shinrai.units.unknown import Unknown

some_learners = st.lists(
    st.integers(1, 9).flatmap(
        lambda shown: st.builds(OffersOfLearner, st.just(shown), st.integers(0, shown))
    ),
    min_size=LEAST,
    max_size=60,
)


def test_one_offer_each_is_a_share_of_learners() -> None:
    """30 of 40: the variance is p (1 - p) / (n - 1)."""
    found = taken_share([OffersOfLearner(1, 1)] * 30 + [OffersOfLearner(1, 0)] * 10)

    assert (found.share.count, found.share.of, found.learners) == (30, 40, 40)
    assert found.variance == pytest.approx(0.75 * 0.25 / 39)


@given(some_learners, st.integers(2, 5))
def test_more_offers_to_the_same_learners_narrow_nothing(
    learners: list[OffersOfLearner], times: int
) -> None:
    often = [OffersOfLearner(one.shown * times, one.taken * times) for one in learners]

    assert taken_share(often).variance == pytest.approx(taken_share(learners).variance)


@given(some_learners, some_learners)
def test_a_difference_turns_with_its_sides(
    first: list[OffersOfLearner], second: list[OffersOfLearner]
) -> None:
    one, other = taken_share(first), taken_share(second)
    gap, back = difference(one, other), difference(other, one)

    assert isinstance(gap, Interval)
    assert isinstance(back, Interval)
    assert (gap.low, gap.high) == pytest.approx((-back.high, -back.low))


def test_few_learners_say_nothing() -> None:
    few = taken_share([OffersOfLearner(9, 4)] * (LEAST - 1))

    assert isinstance(few.interval, Unknown)
    assert isinstance(difference(few, few), Unknown)
    assert taken_share([]).learners == 0


def test_an_interval_holds_the_truth_as_often_as_it_says() -> None:
    """Learners differ (a beta of mean 0.3), and each sees between 1 and 12 offers."""
    rng = np.random.default_rng(16)
    held = 0
    for _ in range(400):
        shown = rng.integers(1, 13, 80)
        taken = rng.binomial(shown, rng.beta(1.5, 3.5, 80))
        pairs = zip(shown.tolist(), taken.tolist(), strict=True)
        bounds = taken_share(OffersOfLearner(*pair) for pair in pairs).interval
        assert isinstance(bounds, Interval)
        held += bounds.low <= 0.3 <= bounds.high

    assert 0.91 <= held / 400 <= 0.985
