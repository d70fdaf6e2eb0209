"""Rises beyond chance: what R's `surveillance` printed, and how often nothing raises an alarm."""

import json
from pathlib import Path

import numpy as np
import pytest

from shinrai.statistics.outbreaks import (
    BASELINE,
    GAP,
    FarringtonPlan,
    daily_rises,
    ears,
    farrington,
)

AGONA = json.loads((Path(__file__).parent / "salmonella_agona.json").read_text())
COUNTS = np.array(AGONA["agona"], float)
FIRST = 289  # R counts from 1: weeks 290 to 312


def close(found, printed) -> None:
    """Compare where R printed a number; elsewhere it judged nothing."""
    known = np.array([value is not None for value in printed])
    wanted = np.array([value if value is not None else np.nan for value in printed], float)
    np.testing.assert_allclose(found[known], wanted[known], atol=2e-6)


@pytest.mark.parametrize(("method", "first"), [("c1", 7), ("c2", 9), ("c3", 11)])
def test_ears_is_as_r_prints_it(method, first) -> None:
    printed = AGONA[f"ears_{method.upper()}"]

    found = ears(COUNTS, method)

    close(found.threshold[0, first:], printed["upper"])
    assert found.alarms[0, first:].tolist() == [bool(one) for one in printed["alarm"]]
    assert not found.alarms[0, :first].any()


@pytest.mark.parametrize("seasons", [1, 10])
@pytest.mark.parametrize(("kind", "below"), [("trend", 1.0), ("flat", -1.0)])
def test_farrington_is_as_r_prints_it(seasons, kind, below) -> None:
    printed = AGONA[f"farrington_{seasons}_nbPlugin_{kind}"]
    plan = FarringtonPlan(years=3, seasons=seasons, trend_below=below)

    found = farrington(COUNTS, np.arange(FIRST, 312), plan)

    close(found.expected[0], printed["expected"])
    close(found.threshold[0], printed["upper"])
    assert found.alarms[0].tolist() == [bool(one) for one in printed["alarm"]]


def test_series_judged_together_are_judged_as_alone() -> None:
    rng = np.random.default_rng(18)
    several = np.vstack((COUNTS, rng.poisson(30, 312), rng.poisson(0.2, 312)))
    weeks = np.arange(300, 312)

    together = farrington(several, weeks)
    alone = [farrington(one, weeks) for one in several]

    for place, one in enumerate(alone):
        np.testing.assert_allclose(together.expected[place], one.expected[0], rtol=1e-6)
        np.testing.assert_array_equal(together.alarms[place], one.alarms[0])


def test_weeks_without_the_years_before_are_not_judged() -> None:
    found = farrington(COUNTS, [100], FarringtonPlan())

    assert np.isnan(found.expected).all()
    assert not found.alarms.any()


@pytest.mark.parametrize("size", [None, 3.0])
def test_a_quiet_topic_raises_hardly_any_alarm(size) -> None:
    """200 topics over five years, Poisson and overdispersed: fewer than 0.04 a topic and year."""
    rng = np.random.default_rng(2026)
    mean = np.repeat([0.3, 2.0, 8.0, 40.0], 50)[:, None] * np.ones(1826)
    drawn = rng.poisson(mean if size is None else rng.gamma(size, mean / size))

    found = daily_rises(drawn, alpha=1e-4)

    a_year = found.alarms.sum() / 200 / 5
    assert a_year < (0.04 if size is None else 0.4)  # 28 days know a spread only roughly


def test_what_is_planted_is_found_on_its_first_day_and_does_not_hide_itself() -> None:
    rng = np.random.default_rng(7)
    counts = rng.poisson(4, 365)
    day = 200
    counts[day : day + 3] += 30

    found = daily_rises(counts, alpha=1e-4)

    assert np.flatnonzero(found.alarms[0]).tolist() == [day, day + 1, day + 2]
    assert found.threshold[0, day] < counts[day]
    assert found.expected[0, day] == pytest.approx(
        counts[day - GAP - BASELINE : day - GAP].mean(), abs=0.05
    )


def test_days_before_the_baseline_and_topics_without_any_are_silent() -> None:
    found = daily_rises(np.zeros((2, 20)), alpha=1e-4)

    assert np.isnan(found.expected).all()
    assert not found.alarms.any()
