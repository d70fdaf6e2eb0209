"""E-values: the worked example of the source, and what holds of all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.statistics.differences import e_value
from shinrai.units.share import Share


def test_smoking_and_lung_cancer_by_hand() -> None:
    """A ratio of 10.73 needs 20.95; the example of VanderWeele and Ding."""
    found = e_value(Share(1073, 100_000), Share(100, 100_000))
    assert found is not None
    assert found.estimate == pytest.approx(10.73 + (10.73 * 9.73) ** 0.5)
    assert 20.9 <= found.estimate < 21


def test_where_nothing_was_counted_there_is_none() -> None:
    assert e_value(Share(0, 10), Share(5, 10)) is None
    assert e_value(Share(5, 10), Share(0, 0)) is None


@given(st.integers(1, 500), st.integers(1, 500), st.integers(0, 500), st.integers(0, 500))
def test_turned_round_it_is_the_same_and_the_end_needs_no_more_than_the_estimate(
    one: int, other: int, more: int, rest: int
) -> None:
    first, second = Share(one, one + more), Share(other, other + rest)
    there, back = e_value(first, second), e_value(second, first)
    assert there is not None
    assert back is not None
    assert there.estimate == pytest.approx(back.estimate)
    assert 1 <= there.nearest <= there.estimate + 1e-9
