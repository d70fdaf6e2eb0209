"""Yui and Ren are met on different days: each is compared around their own."""

import pytest

from shinrai.satisfaction.operations.answers import record_answers
from shinrai.satisfaction.queries.change import BadChange, ChangeQuestion, satisfaction_change
from shinrai.satisfaction.rules.change import ScoreChange
from shinrai.satisfaction.rules.survey import GivenAnswer
from tests.cast import Cast
from tests.satisfaction.interviews import consent, open_round, step
from tests.satisfaction.surveys import moment, nps_wave

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


def test_a_round_in_which_nobody_was_met_says_so(cast: Cast) -> None:
    open_round(cast.workspace.id)

    with pytest.raises(BadChange, match="nobody was met"):
        satisfaction_change(cast.workspace, at=moment(6, 1), asked=AROUND)
