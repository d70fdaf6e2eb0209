"""Shares add up and divide last; moments carry a zone; measures name their mode."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.units.measure import Measure
from shinrai.units.moments import NaiveMoment, epoch_us, from_us
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

JST = timezone(timedelta(hours=9))
shares = st.integers(0, 1000).flatmap(
    lambda of: st.integers(0, of).map(lambda count: Share(count, of))
)


class TestShare:
    @given(shares, shares)
    def test_adds_counts_before_anything_is_divided(self, one, other):
        both = one + other

        assert (both.count, both.of) == (one.count + other.count, one.of + other.of)

    def test_nothing_of_nothing_is_unknown(self):
        assert isinstance(Share(0, 0).fraction, Unknown)

    def test_a_third_is_exact(self):
        assert Share(1, 3).fraction == Fraction(1, 3)

    @pytest.mark.parametrize(("count", "of"), [(2, 1), (-1, 3)])
    def test_more_than_all_cannot_be(self, count, of):
        with pytest.raises(ValueError, match="cannot be"):
            Share(count, of)


class TestMoments:
    @given(st.datetimes(timezones=st.just(UTC)))
    def test_there_and_back_to_the_microsecond(self, at):
        assert from_us(epoch_us(at)) == at

    def test_tuesday_eleven_in_tokyo(self):
        assert epoch_us(datetime(2026, 6, 2, 11, tzinfo=JST)) == 1_780_365_600_000_000

    def test_refuses_a_moment_nobody_can_place(self):
        with pytest.raises(NaiveMoment, match="carries no zone"):
            epoch_us(datetime(2026, 6, 2, 11))


def test_a_measure_that_forgets_the_mode_is_refused():
    with pytest.raises(ValueError, match="mode"):
        Measure("x", 1, "?", "？", "CRE", ("week",), "clocks", "kept", "due", "higher", "never")
