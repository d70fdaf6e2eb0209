"""Tails: how often so many misses happen by chance."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shinrai.statistics.tails import beta_binomial_cdf, poisson_nodes


class TestPoissonNodes:
    @given(st.floats(0.001, 30_000))
    def test_keep_the_mean_and_the_spread(self, mean):
        counts, weights = poisson_nodes(mean)

        assert len(counts) <= 257
        assert weights.sum() == pytest.approx(1)
        assert (counts * weights).sum() == pytest.approx(mean, rel=2e-3, abs=1e-6)
        assert ((counts - mean) ** 2 * weights).sum() == pytest.approx(mean, rel=2e-2)

    def test_of_nobody_coming(self):
        counts, weights = poisson_nodes(0)

        assert (counts.tolist(), weights.tolist()) == ([0], [1.0])

    def test_refuse_a_negative_mean(self):
        with pytest.raises(ValueError, match="cannot be"):
            poisson_nodes(-1)


class TestBetaBinomial:
    @given(st.integers(-1, 60), st.integers(0, 60), st.floats(0.5, 20), st.floats(0.5, 200))
    def test_agrees_with_the_library(self, at_most, tickets, alpha, beta):
        expected = stats.betabinom.cdf(at_most, tickets, alpha, beta)

        assert beta_binomial_cdf(at_most, tickets, alpha, beta) == pytest.approx(
            float(expected), abs=1e-8
        )
