"""Guidelines: what is read and refused, and how a figure stands against its limit."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.objectives.rules.guideline import (
    BadGuideline,
    Held,
    hold_against,
    is_guideline,
    read_guideline,
)
from shinrai.objectives.rules.sentences.guidelines import guideline_words
from shinrai.objectives.rules.windows import RollingWindow
from shinrai.quality.rules.figures import mean_interval, mean_of, share_figure
from shinrai.units.unknown import Unknown
from tests.objectives.rules.desk import objective_document


def document(**spec: Any) -> dict[str, Any]:
    given = {
        "measure": "round_trips",
        "statistic": "mean",
        "atMost": "2",
        "mode": "via_cs",
        "timeWindow": [{"duration": "90d", "isRolling": True}],
    } | spec
    return {
        "apiVersion": "shinrai/v1",
        "kind": "Guideline",
        "metadata": {"name": "two-trips", "displayName": "往復は平均2回まで"},
        "spec": {name: value for name, value in given.items() if value is not None},
    }


def complaints(found: object) -> dict[str, str]:
    with pytest.raises(BadGuideline) as refused:
        read_guideline(found)
    return {complaint.where: str(complaint) for complaint in refused.value.complaints}


def trips(counts: dict[int, int]) -> dict[str, Any]:
    """Lay out round trips as quality does: how many inquiries took one, two, three."""
    of = sum(counts.values())
    times = sum(value * often for value, often in counts.items())
    return {
        "of": of,
        "times": times,
        "mean": mean_of(counts),
        "mean_interval": mean_interval(counts),
        "one": share_figure(counts.get(1, 0), of, Unknown("nothing")),
    }


class TestReading:
    def test_reads_mean_round_trips_of_ninety_days(self):
        found = read_guideline(document())

        assert (found.measure, found.statistic, found.mode) == ("round_trips", "mean", "via_cs")
        assert (found.side, found.limit) == ("at_most", 2)
        assert found.window == RollingWindow(90)
        assert found.title == "往復は平均2回まで"

    def test_an_objective_is_no_guideline(self):
        assert is_guideline(document())
        assert not is_guideline(objective_document())
        assert not is_guideline("kind: Guideline")

    def test_every_fault_is_named_at_once(self):
        wrong = document(statistic="share", atLeast="3", mode=None, timeWindow=[], meassure="x")

        found = complaints(wrong | {"apiVersion": "openslo/v1"})

        assert set(found) == {
            "apiVersion", "spec", "spec.statistic", "spec.mode", "spec.timeWindow", "spec.meassure",
        }  # fmt: skip
        assert "did you mean 'measure'" in found["spec.meassure"]

    @pytest.mark.parametrize(
        ("spec", "where"),
        [
            ({"atMost": None}, "spec"),
            ({"atMost": "about two"}, "spec.atMost"),
            ({"measure": "next_business_day", "statistic": "share", "atMost": "99"}, "spec.atMost"),
            ({"measure": "happiness"}, "spec.measure"),
        ],
    )
    def test_refuses(self, spec, where):
        assert list(complaints(document(**spec))) == [where]


class TestHolding:
    def test_twenty_matters_in_a_hundred_and_thirty_tenths(self):
        """14 took one, 4 two, 2 four: 30 round trips in 20 matters, 1.5 on average."""
        held = hold_against(read_guideline(document()), trips({1: 14, 2: 4, 4: 2}))

        assert isinstance(held, Held)
        assert (held.value, held.of, held.is_within) == (Fraction(3, 2), 20, True)

    def test_on_the_limit_is_within_and_exactly_so(self):
        """1.9 is no binary number: compared as counted, 19 in 10 is at most 1.9."""
        guideline = read_guideline(document(atMost="1.9"))
        held = hold_against(guideline, trips({1: 4, 2: 3, 3: 3}))

        assert isinstance(held, Held)
        assert held.value == Fraction(19, 10)
        assert held.is_within
        assert not held.is_sure

    def test_nine_in_ten_in_one_is_a_share(self):
        guideline = read_guideline(document(statistic="one", atMost=None, atLeast="0.9"))
        held = hold_against(guideline, trips({1: 700, 2: 300}))

        assert isinstance(held, Held)
        assert (held.is_within, held.is_sure) == (False, True)
        said = guideline_words(guideline, held)
        assert said["en"] == "70 % (67–73 %, n = 1,000): outside the guideline of at least 90 %."
        assert said["ja"] == ("70 %（67–73 %、1,000件）で、90 %以上という目安を外れています。")

    def test_what_is_unknown_stays_unknown(self):
        none = Unknown("no messages in the source")
        guideline = read_guideline(document())

        assert hold_against(guideline, {"unknown": none}) == none
        assert guideline_words(guideline, none)["ja"] == (
            "分かりません（取り込み元にメッセージがありません）。目安は2以下です。"
        )

    def test_three_matters_are_too_few_to_tell(self):
        guideline = read_guideline(document())
        held = hold_against(guideline, trips({1: 1, 2: 2}))

        assert isinstance(held, Held)
        assert held.interval is None
        assert "too few to tell" in guideline_words(guideline, held)["en"]

    @given(st.dictionaries(st.integers(1, 6), st.integers(1, 30), min_size=2, max_size=4))
    def test_a_sure_answer_stays_where_its_interval_is(self, counts):
        guideline = read_guideline(document())
        held = hold_against(guideline, trips(counts))

        assert isinstance(held, Held)
        if held.is_sure:
            assert held.interval is not None
            assert all((end <= 2) == held.is_within for end in held.interval)
