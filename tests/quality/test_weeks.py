"""The last weeks of Kitsune Juku's desk, seen on Tuesday 9 June 2026 at 15:00 in Tokyo."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.queries import case_keys
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.quality.queries.weeks import FlowWeek, PastWeeks, Wait, past_weeks
from shinrai.quality.rules.figures import is_unknown
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk, tokyo

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = "パスワードを再設定してください。手順はこちらです。"
TODAY = date(2026, 6, 9)
MONDAYS = (date(2026, 6, 1), date(2026, 6, 8))


@pytest.fixture
def weeks(cast: Cast, tmp_path) -> PastWeeks:
    """The week of the stage; Yui asked on Tuesday 2 June and was answered, Aoi on Monday 8 June."""
    there = cast.workspace
    open_desk(there)
    for key, at in (("Q-1", tokyo(2, 11)), ("Q-2", tokyo(8, 9))):
        case = receive_inquiry(
            workspace_id=there.id, source_key=key, at=at, by="customer", words="?", channel="mail"
        )
        if key == "Q-1":
            take_step(
                case_id=case,
                kind="outbound",
                at=tokyo(3, 12),
                by="staff:1",
                role="cs",
                words=ANSWER,
            )
            # On Sunday evening in Tokyo it is Sunday noon in UTC: the week is that of the desk.
            take_step(case_id=case, kind="solved", at=tokyo(7, 23), by="staff:1", role="cs")
    catch_up(warehouse=Warehouse(str(tmp_path / "warehouse")), at=NOW)
    found = past_weeks(workspace=there, until=TODAY, at=NOW)
    assert found is not None
    return found


def test_what_came_and_what_ended_stand_in_their_weeks(weeks: PastWeeks) -> None:
    assert weeks.records == ("inquiry", "investigation")
    assert weeks.flow("inquiry")[-2:] == (
        FlowWeek(MONDAYS[0], is_over=True, came=1, ended=1),
        FlowWeek(MONDAYS[1], is_over=False, came=1, ended=0),
    )
    assert weeks.flow("investigation")[-2:] == (
        FlowWeek(MONDAYS[0], is_over=True, came=3, ended=1),
        FlowWeek(MONDAYS[1], is_over=False, came=2, ended=0),
    )


def test_a_case_is_as_old_as_business_days_have_closed_since(weeks: PastWeeks) -> None:
    """INV-2 saw Thursday, Friday and Monday close, INV-3 Friday and Monday, INV-4 and 5 Monday."""
    assert weeks.open_by_age("investigation") == (2, 2, 0, 0)
    assert weeks.open_by_age("inquiry") == (1, 0, 0, 0)


def test_the_case_that_is_open_longest_comes_first(weeks: PastWeeks) -> None:
    ids = weeks.oldest_open(2)

    assert [case_keys(ids)[one] for one in ids] == ["INV-2", "INV-3"]


def test_the_time_to_an_answer_is_business_time(weeks: PastWeeks) -> None:
    """INV-1: Wednesday 14:10 to 18:00, Thursday, Friday to 11:20. Q-1: Tuesday 11:00 to 18:00,
    Wednesday to noon."""
    assert weeks.span == (date(2026, 5, 11), date(2026, 6, 7))
    assert weeks.wait("investigation", weeks.span) == Wait(13 * 3600 + 600, 1)
    assert weeks.wait("inquiry", weeks.span) == Wait(9 * 3600, 1)
    assert weeks.wait("investigation", weeks.before) == Wait(None, 0)


def test_findings_and_figures_are_of_the_whole_weeks(weeks: PastWeeks) -> None:
    assert weeks.findings(weeks.span) == [("defect", 1)]
    assert weeks.findings(weeks.before) == []
    figures = weeks.figures(weeks.span)
    assert (figures["sent_back"]["count"], figures["sent_back"]["of"]) == (1, 3)


def test_without_labels_no_topic_rose(weeks: PastWeeks) -> None:
    assert weeks.rise is None


def test_weeks_in_which_nothing_came_still_count_what_is_open(weeks: PastWeeks) -> None:
    later = replace(weeks, mondays=tuple(on + timedelta(weeks=20) for on in weeks.mondays))

    assert (later.modes, later.mode) == ([], "")
    assert later.records == ("inquiry", "investigation")
    assert later.wait("inquiry", later.span) == Wait(None, 0)
    assert is_unknown(later.figures(later.span)["one_reply"])
    assert later.rise is None
