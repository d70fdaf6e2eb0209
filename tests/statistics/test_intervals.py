"""Intervals: what papers printed, and what must hold whatever is counted."""

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.statistics.bootstrap import bootstrap_counted_mean, bootstrap_mean
from shinrai.statistics.interval import Interval, two_sided_z
from shinrai.statistics.wilson import newcombe, wilson
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

shares = st.integers(1, 5_000).flatmap(
    lambda of: st.tuples(st.integers(0, of), st.just(of)).map(lambda pair: Share(*pair))
)


def ends(interval: Interval | Unknown) -> tuple[float, float]:
    assert isinstance(interval, Interval)
    return interval.low, interval.high


class TestWilson:
    @pytest.mark.parametrize(
        ("count", "of", "low", "high"),
        [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ],
    )
    def test_gives_what_newcombe_printed_in_1998(self, count, of, low, high):
        """Statistics in Medicine 17, 857-872, table I."""
        assert ends(wilson(count, of)) == pytest.approx((low, high), abs=5e-5)

    @given(shares)
    def test_mirrors_when_kept_and_missed_are_exchanged(self, share):
        low, high = ends(wilson(share.count, share.of))

        assert ends(wilson(share.of - share.count, share.of)) == pytest.approx((1 - high, 1 - low))

    @given(shares)
    def test_stays_between_nothing_and_all_and_around_the_share(self, share):
        low, high = ends(wilson(share.count, share.of))

        assert 0 <= low <= share.count / share.of <= high <= 1

    def test_says_exactly_nothing_and_exactly_all(self):
        assert ends(wilson(0, 20))[0] == 0.0
        assert ends(wilson(20, 20))[1] == 1.0

    def test_holds_its_level_on_average_over_shares(self):
        """Exact coverage, averaged over true shares from 0.01 to 0.99, of 30 tickets."""
        from scipy.stats import binom

        of, misses = 30, np.arange(31)
        bounds = [ends(wilson(int(k), of)) for k in misses]
        covered = [
            sum(
                binom.pmf(k, of, p)
                for k, (low, high) in zip(misses, bounds, strict=True)
                if low <= p <= high
            )
            for p in np.linspace(0.01, 0.99, 99)
        ]

        assert 0.945 < np.mean(covered) < 0.96

    def test_knows_nothing_of_nothing(self):
        assert wilson(0, 0) == Unknown("nothing to count")

    @pytest.mark.parametrize(("count", "of"), [(-1, 5), (6, 5)])
    def test_refuses_counts_that_cannot_be(self, count, of):
        with pytest.raises(ValueError, match="cannot be"):
            wilson(count, of)

    @pytest.mark.parametrize("level", [0, 1, 95])
    def test_refuses_a_level_that_cannot_be(self, level):
        with pytest.raises(ValueError, match="between 0 and 1"):
            two_sided_z(level)


class TestNewcombe:
    @pytest.mark.parametrize(
        ("first", "second", "low", "high"),
        [
            (Share(56, 70), Share(48, 80), 0.0524, 0.3339),
            (Share(9, 10), Share(3, 10), 0.1705, 0.8090),
        ],
    )
    def test_gives_what_its_author_printed(self, first, second, low, high):
        """Statistics in Medicine 17, 873-890, table II, method 10."""
        assert ends(newcombe(first, second)) == pytest.approx((low, high), abs=5e-5)

    @given(shares, shares)
    def test_turns_round_with_the_order(self, first, second):
        low, high = ends(newcombe(first, second))

        assert ends(newcombe(second, first)) == pytest.approx((-high, -low))

    def test_needs_both_sides(self):
        assert isinstance(newcombe(Share(1, 2), Share(0, 0)), Unknown)


class TestBootstrap:
    def test_holds_its_level_for_a_skewed_mean(self):
        """Round trips are skewed: of 60 samples of 40, about 95 % must hold the true mean."""
        rng = np.random.default_rng(20261122)
        held = 0
        for sample in rng.geometric(0.6, size=(60, 40)):
            low, high = ends(bootstrap_mean(sample.tolist(), seed=1))
            held += low <= 1 / 0.6 <= high

        assert 52 <= held <= 60

    def test_says_the_same_twice(self):
        values = [1, 1, 2, 1, 3, 2, 1, 5]

        assert bootstrap_mean(values, seed=7) == bootstrap_mean(values, seed=7)

    @pytest.mark.parametrize("values", [[], [1, 2, 3, 4], [2.0] * 30])
    def test_does_not_guess_from_too_little(self, values):
        assert isinstance(bootstrap_mean(values, seed=7), Unknown)


class TestBootstrapOfCounts:
    @pytest.mark.parametrize("size", [20, 60, 400])
    def test_says_what_the_same_values_one_by_one_say(self, size):
        """Both resample; with 9,999 draws each, their ends agree to a fraction of their width."""
        sample = np.random.default_rng(size).geometric(0.6, size=size).tolist()

        low, high = ends(bootstrap_counted_mean(Counter(sample), seed=1))
        one_by_one = ends(bootstrap_mean(sample, seed=2))

        assert (low, high) == pytest.approx(one_by_one, abs=0.06 * (one_by_one[1] - one_by_one[0]))

    def test_holds_its_level_for_a_skewed_mean(self):
        rng = np.random.default_rng(20261127)
        held = 0
        for sample in rng.geometric(0.6, size=(120, 40)):
            low, high = ends(bootstrap_counted_mean(Counter(sample.tolist()), seed=1))
            held += low <= 1 / 0.6 <= high

        assert 104 <= held <= 120

    @pytest.mark.parametrize("counts", [{}, {1: 2, 2: 2}, {2: 30}, {2: 30, 3: 0}])
    def test_does_not_guess_from_too_little(self, counts):
        assert isinstance(bootstrap_counted_mean(counts, seed=7), Unknown)


def test_a_level_is_a_share_of_the_normal_curve():
    assert two_sided_z(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert two_sided_z(float(Fraction(9, 10))) == pytest.approx(1.644854, abs=1e-6)
