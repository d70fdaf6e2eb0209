"""Ranks looked up by buckets are those a search finds."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shinrai.calendars.rules.ranks import MOST_STEPS, Ranks

numbers = st.one_of(st.integers(-20, 20), st.integers(-(1 << 61), 1 << 61))
ENDS = [np.iinfo(np.int64).min + 1, np.iinfo(np.int64).max - 1]


@given(st.lists(numbers, max_size=30).map(sorted), st.lists(numbers, max_size=10))
@example([], [0])
@example([7], [6, 7, 8])
@example([*range(3 * MOST_STEPS), 1 << 60], [0, 5, 1 << 59, 1 << 61])
def test_ranks_are_those_of_a_search(values, asked):
    values = np.array(values, dtype=np.int64)
    moments = np.array([*asked, *values, *ENDS], dtype=np.int64)

    ranks = Ranks(values)

    assert ranks.until(moments).tolist() == np.searchsorted(values, moments, "right").tolist()
    assert ranks.before_each(moments).tolist() == np.searchsorted(values, moments, "left").tolist()


@pytest.mark.parametrize("values", [[], [5]])
def test_nothing_comes_after_the_end_of_time(values):
    latest = np.array([np.iinfo(np.int64).max])

    assert Ranks(np.array(values, dtype=np.int64)).until(latest).tolist() == [len(values)]
