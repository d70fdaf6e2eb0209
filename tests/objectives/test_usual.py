"""At risk is what has less business time left than an answer usually takes."""

from datetime import timedelta

import pytest

from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.objectives.queries.judges import judges_of
from shinrai.objectives.queries.usual import FEWEST, risk_moments, usual_times
from tests.cast import Cast
from tests.desk.stage import NOW, OBJECTIVE, open_desk, queue_now, tokyo

pytestmark = pytest.mark.django_db
HOURS = timedelta(hours=1)


def answer(cast: Cast, count: int, hours: int) -> None:
    """File investigations on Monday 1 June at 10:00, and answer each after some open hours."""
    for number in range(count):
        case_id = file_investigation(
            workspace_id=cast.simulated.id,
            source_key=f"OLD-{hours}-{number}",
            at=tokyo(1, 10),
            by="staff:1",
            words="件名",
        )
        at = tokyo(1, 10 + hours) if hours <= 8 else tokyo(2, 10 + hours - 8)
        take_step(case_id=case_id, kind="answered", at=at, by="staff:2", role="cre", words="")


def test_too_few_answers_have_no_usual_time(cast: Cast) -> None:
    open_desk(cast.simulated)
    answer(cast, FEWEST - 2, 5)  # and INV-1

    assert usual_times(workspace_id=cast.simulated.id, at=NOW) == {}
    found = queue_now(cast.simulated, NOW)
    assert [row.case_key for row in found.rows if row.group == "at_risk"] == ["INV-3"]


def test_half_of_the_answers_took_the_usual_time(cast: Cast) -> None:
    """Six took 5 hours, INV-1 10:45 without its pause, and five took 12: between the two middle."""
    open_desk(cast.simulated)
    answer(cast, 6, 5)
    answer(cast, 5, 12)

    usual = usual_times(workspace_id=cast.simulated.id, at=NOW)[OBJECTIVE]

    assert (usual.time, usual.count) == (timedelta(hours=7, minutes=52, seconds=30), 12)


def test_what_has_less_left_is_at_risk_though_it_is_due_tomorrow(cast: Cast) -> None:
    """On Tuesday at 15:00 INV-3 has 3 hours left, INV-4 11 hours, until Wednesday at 18:00."""
    open_desk(cast.simulated)
    answer(cast, 12, 12)

    found = queue_now(cast.simulated, NOW)
    risk = queue_now(cast.simulated, NOW, state="at_risk")

    groups = {row.case_key: row.group for row in found.rows}
    assert (groups["INV-2"], groups["INV-3"], groups["INV-4"]) == ("late", "at_risk", "at_risk")
    assert (found.counts["at_risk"], found.due_next) == (2, 1)
    assert [row.case_key for row in risk.rows] == ["INV-3", "INV-4"]


def test_exactly_the_usual_time_left_is_no_risk(cast: Cast) -> None:
    open_desk(cast.simulated)
    answer(cast, 12, 11)
    there = cast.simulated.id
    usual = usual_times(workspace_id=there, at=NOW)

    moments = risk_moments(judges_of(workspace_id=there), usual, at=NOW, closes_at=None)

    assert usual[OBJECTIVE].time == 11 * HOURS
    assert moments == {OBJECTIVE: tokyo(10, 18)}  # INV-4 is due then, not before


def test_a_later_answer_is_not_known_before(cast: Cast) -> None:
    open_desk(cast.simulated)
    answer(cast, 12, 12)

    assert usual_times(workspace_id=cast.simulated.id, at=tokyo(2, 9)) == {}
