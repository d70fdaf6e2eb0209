"""Counts against an earlier span: 42 after 20 is more than chance, 12 after 10 is not."""

import pytest

from shinrai.console.rules.changes import count_change, count_change_text
from shinrai.units.text import translated

ROSE = count_change(42, 20, days=90, days_before=90)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (42, 20, "up from 20 (between +24 % and +255 %)"),
        (20, 42, "down from 42 (between −72 % and −19 %)"),
        (12, 10, "no change one could tell (between −47 % and +171 %)"),
        (12, 0, "new: none before"),
        (1, 0, "no change one could tell (−74 % or more)"),
        (0, 0, "none in either"),
    ],
)
def test_says_it_with_its_interval(now: int, before: int, said: str) -> None:
    found = count_change(now, before, days=90, days_before=90)

    assert str(count_change_text(found)) == said


def test_in_japanese() -> None:
    assert translated(count_change_text(ROSE), "ja") == "20件から増加（+24%〜+255%）"


def test_days_of_unlike_number_are_compared_by_the_day() -> None:
    """30 in the 30 days of June after 31 in the 31 days of May: one a day, as before."""
    found = count_change(30, 31, days=30, days_before=31)

    assert not isinstance(found.ratio, str)
    assert found.ratio.low * found.ratio.high == pytest.approx(1.0)
    assert found.at_least == 0


def test_what_is_certain_sorts_rises_above_falls() -> None:
    fell, same = (count_change(n, 42, days=7, days_before=7) for n in (20, 42))

    assert ROSE.at_least > same.at_least == 0 > fell.at_least
