"""What an objective says from the clocks kept per day is what it says from all of them."""

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries import standings
from shinrai.objectives.queries.clocks import clocks_of
from shinrai.objectives.queries.judges import judges_of
from tests.objectives.test_story import OBJECTIVE, june, warehouse, workspace

__all__ = ["warehouse", "workspace"]

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("sent_back", "resubmitted", "waiting", "resumed", "answered", "withdrawn", "reopened")


def something_happens(workspace, dice, number, *, days):
    at = june(1, 8) + timedelta(minutes=dice.randrange(days * 1440))
    case_id = file_investigation(
        workspace_id=workspace.id, source_key=f"R-{number}", at=at, by="staff:1", words="?"
    )
    for _ in range(dice.randrange(6)):
        at += timedelta(minutes=dice.randrange(1, 2000))
        kind, detail = dice.choice(KINDS), {"on": dice.choice(("customer", "third_party"))}
        try:
            take_step(
                case_id=case_id, kind=kind, at=at, by="staff:2", role="engineer", detail=detail
            )
        except StepRefused:
            continue


@pytest.mark.parametrize("seed", [1, 2])
def test_recent_clocks_tell_the_same_as_all_clocks(workspace, warehouse, seed):
    """Half a year of investigations by lot; the window is a month, most clocks are long over."""
    dice = random.Random(seed)
    for number in range(24):
        something_happens(workspace, dice, number, days=180)
    counted_at = june(1) + timedelta(days=186)
    catch_up(warehouse=warehouse, at=counted_at)
    judges = judges_of(workspace_id=workspace.id)

    for later in (timedelta(), timedelta(days=3), timedelta(days=30)):
        moment = counted_at + later
        [recent] = standings.recent_reports(workspace.id, [judges], moment) or [None]
        clocks = clocks_of(workspace.id, judges, warehouse, at=moment, known=None)
        whole = standings.report_of(judges, clocks, at=moment)

        assert recent is not None
        assert replace(recent.standing, alarm=None) == replace(whole.standing, alarm=None)
        assert recent.lines == whole.lines


def test_the_stored_alarm_is_the_one_that_all_clocks_give(workspace, warehouse):
    """Aoi's team misses one after the other; the alarm is walked by the worker."""
    for number in range(40):
        file_investigation(
            workspace_id=workspace.id,
            source_key=f"R-{number}",
            at=june(1, 8) + timedelta(hours=number * 5),
            by="staff:1",
            words="?",
        )
    at = june(30)
    catch_up(warehouse=warehouse, at=at)
    judges = judges_of(workspace_id=workspace.id)
    clocks = clocks_of(workspace.id, judges, warehouse, at=at, known=None)

    [recent] = standings.recent_reports(workspace.id, [judges], at) or [None]

    assert recent.standing == standings.report_of(judges, clocks, at=at).standing
    assert recent.standing.counts.misses == 40


def test_what_the_worker_keeps_is_read_once_for_all_objectives(workspace, warehouse):
    """Aoi's team makes a second promise: the overview reads no more statements for its counts."""
    file_investigation(
        workspace_id=workspace.id, source_key="R-1", at=june(1, 9), by="staff:1", words="?"
    )
    read = []
    for number in range(2):
        if number:
            again = {**OBJECTIVE, "metadata": {**OBJECTIVE["metadata"], "name": "another"}}
            save_objective(workspace_id=workspace.id, document=again, at=june(1), by="test")
        catch_up(warehouse=warehouse, at=june(5 + number))
        with CaptureQueriesContext(connection) as asked:
            found = standings.all_reports(
                workspace_id=workspace.id, at=june(7), warehouse=warehouse
            )
        assert [report.freshness.from_steps for report in found] == [False] * (number + 1)
        read.append([one["sql"] for one in asked if "calendar" not in one["sql"]])

    assert len(read[1]) == len(read[0])
