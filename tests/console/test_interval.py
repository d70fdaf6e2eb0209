"""A share on its scale: the dot lies within its band, and both within the drawing."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shinrai.console.charts.interval import DOT, WIDTH, Placed, interval_bar

parts = st.tuples(*[st.floats(0, 1)] * 3).map(sorted)


def drawn(placed: Placed) -> tuple[float, float, float]:
    """Read where the band begins and ends, and where the dot is."""
    svg = interval_bar(placed)
    band = re.search(r'<rect class="band" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    dot = re.search(r'cx="([\d.]+)"', svg)
    assert band
    assert dot
    return float(band[1]), float(band[1]) + float(band[2]), float(dot[1])


@given(parts)
def test_the_dot_lies_within_its_band_and_the_band_within_the_drawing(ends):
    low, high, dot = drawn(Placed(ends[1], ends[0], ends[2]))

    assert -0.2 <= low - DOT <= WIDTH
    assert low - 0.2 <= dot <= high + 0.2
    assert high <= WIDTH - DOT + 0.3


def test_half_of_everything_is_in_the_middle():
    assert drawn(Placed(0.5, 0.25, 0.75)) == (62.0, 178.0, 120.0)


def test_what_is_no_share_has_no_middle():
    assert interval_bar(Placed(0.5, 0.4, 0.6)).count('class="axis"') == 4
    assert interval_bar(Placed(0.5, 0.4, 0.6), marks=()).count('class="axis"') == 1
