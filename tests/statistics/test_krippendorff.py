"""Krippendorff's alpha against the worked examples its author printed, and its properties."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.statistics.interval import Interval
from shinrai.statistics.krippendorff import alpha, alpha_interval
from shinrai.units.unknown import Unknown

SILENT = "."


def units_of(*people: str) -> list[list[str]]:
    """Read a table with a line per person and a column per thing; a dot says nothing."""
    return [
        [word for word in column if word != SILENT]
        for column in zip(*(line.split() for line in people), strict=True)
    ]


class TestPublishedExamples:
    """K. Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011)."""

    def test_a_two_people_yes_or_no(self) -> None:
        units = units_of("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")

        assert alpha(units) == pytest.approx(0.095, abs=5e-4)

    def test_b_two_people_five_names(self) -> None:
        units = units_of("a a b b d c c c e d d a", "b a b b b c c c e d d d")

        assert alpha(units) == pytest.approx(0.692, abs=5e-4)

    def test_c_four_people_who_did_not_judge_everything(self) -> None:
        units = units_of(
            "1 2 3 3 2 1 4 1 2 . . .",
            "1 2 3 3 2 2 4 1 2 5 . 3",
            ". 3 3 3 2 3 4 2 2 5 1 .",
            "1 2 3 3 2 4 4 1 2 5 1 .",
        )

        assert alpha(units) == pytest.approx(0.743, abs=5e-4)


class TestAlpha:
    def test_is_unknown_while_nobody_judged_what_another_did(self) -> None:
        assert isinstance(alpha([["right"], ["wrong"], []]), Unknown)

    def test_is_unknown_where_everybody_always_says_the_same(self) -> None:
        """Yuki and Ken call all ten answers right: no chance to disagree was seen."""
        assert isinstance(alpha([["right", "right"]] * 10), Unknown)

    def test_full_agreement_with_variety_is_one(self) -> None:
        assert alpha([["right", "right"], ["wrong", "wrong"]] * 5) == 1.0

    @given(st.lists(st.lists(st.sampled_from("abc"), min_size=2, max_size=4), min_size=2))
    def test_does_not_depend_on_who_is_asked_first(self, units: list[list[str]]) -> None:
        found = alpha(units)
        turned = alpha([unit[::-1] for unit in reversed(units)])

        if isinstance(found, Unknown):
            assert isinstance(turned, Unknown)
        else:
            assert turned == pytest.approx(found)
            assert found <= 1


class TestInterval:
    def test_holds_the_value_and_narrows_with_more_judgements(self) -> None:
        units = units_of("a a b b d c c c e d d a", "b a b b b c c c e d d d")
        few = alpha_interval(units, seed=7)
        many = alpha_interval(units * 10, seed=7)

        assert isinstance(few, Interval)
        assert isinstance(many, Interval)
        assert few.low < 0.692 < few.high
        assert many.high - many.low < few.high - few.low

    def test_is_the_same_for_the_same_seed(self) -> None:
        units = units_of("0 1 0 0 0 0 0 0 1 0", "1 1 1 0 0 1 0 0 0 0")

        assert alpha_interval(units, seed=1) == alpha_interval(units, seed=1)
