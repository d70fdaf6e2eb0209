"""Scores and their change: what holds for any answers, and days that somebody remembers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.satisfaction.rules.change import change
from shinrai.satisfaction.rules.score import score
from shinrai.statistics.interval import Interval

SCALES = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
kinds = st.sampled_from(sorted(SCALES))


@given(st.data())
def test_a_score_lies_in_its_interval_and_the_interval_on_its_scale(data: st.DataObject) -> None:
    kind = data.draw(kinds)
    low, high = SCALES[kind]
    given = data.draw(st.lists(st.integers(low, high), min_size=1, max_size=150))

    found = score(kind, given, high=high)

    assert sum(found.parts.values()) == found.n == len(given)
    if isinstance(found.interval, Interval) and isinstance(found.value, float):
        assert found.interval.low - 1e-9 <= found.value <= found.interval.high + 1e-9
        if kind != "ces":
            ends = (0, 1) if kind == "csat" else (-100, 100)
            assert ends[0] <= found.interval.low <= found.interval.high <= ends[1]


@given(st.data())
def test_backwards_every_change_has_the_other_sign_and_nobody_is_in_both_groups(
    data: st.DataObject,
) -> None:
    kind = data.draw(kinds)
    low, high = SCALES[kind]
    answers = st.dictionaries(st.integers(1, 40), st.integers(low, high), max_size=40)
    before, after = data.draw(answers), data.draw(answers)

    there = change(kind, before, after, high=high)
    back = change(kind, after, before, high=high)

    assert there.same.before.n == there.same.after.n == len(before.keys() & after.keys())
    assert there.same.before.n + there.others.before.n == len(before)
    turned = {"rose": "fell", "fell": "rose"}
    for one, other in ((there.same, back.same), (there.others, back.others)):
        assert turned.get(one.verdict, one.verdict) == other.verdict
        if isinstance(one.value, float) and isinstance(other.value, float):
            assert one.value == pytest.approx(-other.value)


def test_few_answers_of_one_mind_still_leave_room() -> None:
    """Five promoters of five are no proof that all are: the adjusted interval says so."""
    found = score("nps", [10] * 5, high=10)

    assert found.value == 100
    assert isinstance(found.interval, Interval)
    assert found.interval.low < 60
    assert "adjusted" in found.interval.method


def test_the_effort_of_the_same_persons_is_a_paired_mean() -> None:
    before = dict.fromkeys(range(20), 3)
    after = {person: 4 + person % 2 for person in range(20)}

    same = change("ces", before, after, high=7).same

    assert (same.value, same.verdict) == (1.5, "rose")
