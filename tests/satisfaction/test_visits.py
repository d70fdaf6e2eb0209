"""Yui and Ren are met on different days: each is compared around their own."""

import pytest

from shinrai.satisfaction.operations.answers import record_answers
from shinrai.satisfaction.queries.change import BadChange, ChangeQuestion, satisfaction_change
from shinrai.satisfaction.rules.change import ScoreChange
from shinrai.satisfaction.rules.survey import GivenAnswer
from shinrai.statistics.interval import Interval
from tests.cast import Cast
from tests.satisfaction.interviews import consent, open_round, step
from tests.satisfaction.surveys import moment, nps_wave, persons

pytestmark = [pytest.mark.django_db]
AROUND = ChangeQuestion(around="interviews:spring", days=30)


def said(person: int, score: int, month: int, day: int) -> GivenAnswer:
    return GivenAnswer(person, f"{person}-{month}-{day}", {"recommend": score}, moment(month, day))


def test_before_and_after_are_those_of_each_person(cast: Cast) -> None:
    """Yui is met on 10 April and Ren on 20 April; Sora was never met."""
    there = cast.workspace
    who = open_round(there.id)
    april = nps_wave(there.id, "april", 4)
    answers = [said(who["yui"], 3, 4, 5), said(who["ren"], 6, 4, 15), said(who["sora"], 0, 4, 5)]
    record_answers(wave=april, answers=answers, at=moment(4, 28))
    may = nps_wave(there.id, "may", 5)
    answers = [said(who["yui"], 9, 5, 2), said(who["ren"], 10, 5, 3), said(who["sora"], 0, 5, 4)]
    record_answers(wave=may, answers=answers, at=moment(5, 28))
    for name, day in (("yui", 10), ("ren", 20)):
        consent(there.id, who[name])
        step(there.id, who[name], "held", at=moment(4, 25), on=f"2026-04-{day}", minutes="30")

    [one] = satisfaction_change(there, at=moment(6, 1), asked=AROUND)

    assert isinstance(one.change, ScoreChange)
    assert (one.change.same.before.n, one.change.same.after.n) == (2, 2)
    assert (one.change.same.before.value, one.change.same.after.value) == (-100, 100)
    assert (one.change.others.before.n, one.change.others.after.n) == (0, 0)


def test_the_change_of_those_met_has_an_interval_and_stands_apart_from_others(cast: Cast) -> None:
    """All three are asked on 15 April: after Yui's visit on the 10th, before the other two's.

    Of those who answered on both sides Yui rises by 200 points, Ren by 100, Aoi not at all: the
    mean is 100, its standard deviation 100, and t for two degrees of freedom is 4.3027. Sora
    answered before her visit alone; Hina was never met.
    """
    there = cast.workspace
    who = open_round(there.id, invited=("yui", "ren", "sora", "aoi"))
    who |= persons(there.id, "hina")
    april, middle, may = (
        nps_wave(there.id, key, month) for key, month in (("april", 4), ("middle", 4), ("may", 5))
    )
    for wave, given in (
        (april, [("yui", 2), ("sora", 9), ("hina", 0)]),
        (middle, [("yui", 9), ("ren", 7), ("aoi", 8)]),
        (may, [("ren", 10), ("aoi", 7), ("hina", 10)]),
    ):
        month, day = {april.key: (4, 5), middle.key: (4, 15), may.key: (5, 2)}[wave.key]
        answers = [said(who[name], score, month, day) for name, score in given]
        record_answers(wave=wave, answers=answers, at=moment(5, 28))
    for name, day in (("yui", 10), ("ren", 20), ("sora", 20), ("aoi", 20)):
        consent(there.id, who[name])
        step(there.id, who[name], "held", at=moment(4, 25), on=f"2026-04-{day}", minutes="30")

    [one] = satisfaction_change(there, at=moment(6, 1), asked=AROUND)

    assert isinstance(one.change, ScoreChange)
    same, others = one.change.same, one.change.others
    assert (same.before.n, same.after.n, same.value) == (3, 3, 100)
    assert isinstance(same.interval, Interval)
    half = 4.3027 * 100 / 3**0.5
    assert (same.interval.low, same.interval.high) == pytest.approx(
        (100 - half, 100 + half), rel=1e-4
    )
    assert same.verdict == "none", "three persons prove nothing"
    assert (others.before.n, others.before.value, others.after.n) == (1, 100, 0)


def test_a_round_in_which_nobody_was_met_says_so(cast: Cast) -> None:
    open_round(cast.workspace.id)

    with pytest.raises(BadChange, match="nobody was met"):
        satisfaction_change(cast.workspace, at=moment(6, 1), asked=AROUND)
