"""Figures: shares with their interval, the middle of counts, and what cannot be known."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.quality.rules.counted import Counted
from shinrai.quality.rules.figures import mean_of, middle, plain, share_figure, unknown_figure
from shinrai.quality.rules.summary import figures_of
from shinrai.units.unknown import Unknown

WHY = Unknown("nobody asked")


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60), st.floats(0, 1))
def test_the_middle_of_counts_is_that_of_all_values(values, share):
    counts = Counter(values)

    assert middle(counts, share) == pytest.approx(float(np.quantile(values, share)))
    assert mean_of(counts) == pytest.approx(sum(values) / len(values))


def test_nothing_of_nothing_is_unknown_and_says_why():
    figure = share_figure(0, 0, WHY, beside=1)

    assert plain(figure) == {"unknown": "nobody asked", "beside": 1}


def test_a_share_carries_its_counts():
    figure = share_figure(1, 4, WHY)

    assert (figure["count"], figure["of"], figure["share"]) == (1, 4, 0.25)
    assert figure["low"] < 0.25 < figure["high"]


def test_what_is_unknown_inside_reads_the_same():
    assert plain({"same": unknown_figure(WHY), "why": WHY}) == {
        "same": {"unknown": "nobody asked"},
        "why": {"unknown": "nobody asked"},
    }


def test_with_nothing_at_all_nothing_is_known():
    """An empty workspace has no figure of 0 % or 100 %, only reasons."""
    figures = plain(figures_of(Counted()))
    known = {key for key, figure in figures.items() if "unknown" not in figure}

    assert known == {"flagged"}
    assert all(reason for key in figures.keys() - known for reason in [figures[key]["unknown"]])
