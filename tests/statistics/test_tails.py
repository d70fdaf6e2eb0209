"""Tails: how often so many misses happen by chance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shinrai.statistics.tails import beta_binomial_cdf, binomial_tail, poisson_nodes


class TestBinomialTail:
    @pytest.mark.parametrize(("misses", "chance"), [(3, 0.0755), (4, 0.0159), (5, 0.0026)])
    def test_of_twenty_tickets_a_week_on_target(self, misses, chance):
        """A week of 20 tickets at 95 %: three misses are nothing to wake anybody for."""
        assert binomial_tail(misses, 20, 0.05) == pytest.approx(chance, abs=5e-5)

    @given(st.integers(0, 200), st.integers(0, 200), st.floats(0.001, 0.999))
    def test_agrees_with_adding_up(self, at_least, tickets, share):
        added = stats.binom.pmf(np.arange(at_least, tickets + 1), tickets, share).sum()

        assert binomial_tail(at_least, tickets, share) == pytest.approx(float(added), abs=1e-9)


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
