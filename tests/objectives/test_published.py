"""The published clocks brought forward are those that lie in the table, in the order of alarms."""

import random
from datetime import timedelta

import numpy as np
import pytest

from shinrai.desk.operations import file_investigation, take_step
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.objectives.facts import CLOCK_FACTS, CLOCKS
from shinrai.objectives.models import Objective
from shinrai.objectives.queries import published
from shinrai.objectives.queries.published import ORDER, published_clocks
from shinrai.objectives.rules.states import ClockTable
from shinrai.warehouse.compaction import compact
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.publication import filled_upto, replace_rows
from tests.objectives.test_story import june, warehouse, workspace

__all__ = ["warehouse", "workspace"]

pytestmark = pytest.mark.django_db(transaction=True)
KINDS = ("sent_back", "resubmitted", "waiting", "resumed", "answered", "withdrawn", "reopened")


@pytest.fixture
def read_whole(monkeypatch):
    """Bring forward however much changed, and count how often all had to be read."""
    monkeypatch.setattr(published, "MOST_CHANGED", 0)
    read = []
    whole = published._whole

    def counted(*given):
        read.append(1)
        return whole(*given)

    monkeypatch.setattr(published, "_whole", counted)
    return read


def rows_of(found):
    columns = [getattr(found.table, name).tolist() for name in ClockTable.__slots__]
    return list(zip(*columns, found.numbers.tolist(), strict=True))


def something_happens(workspace, dice, number):
    at = june(1, 8) + timedelta(minutes=dice.randrange(20 * 1440))
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
def test_brought_forward_they_are_what_is_read_whole(workspace, warehouse, read_whole, seed):
    dice = random.Random(seed)
    objective_id = Objective.objects.get(workspace_id=workspace.id).id
    asked = {"workspace_id": workspace.id, "objective_id": objective_id, "warehouse": warehouse}
    for number in range(24):
        something_happens(workspace, dice, number)
        if dice.random() < 0.6:
            publish(warehouse, CLOCK_FACTS, at=june(30))
        if dice.random() < 0.2:
            compact(warehouse, CLOCKS, files_over=1)
        if dice.random() < 0.4:
            forward = published_clocks(**asked)
            anew = published._forward(warehouse, workspace.id, objective_id, None)
            read_whole.pop()

            assert rows_of(forward) == rows_of(anew)
            assert forward.version == anew.version
            keys = [getattr(forward.table, name) for name in reversed(ORDER)]
            assert (np.lexsort(keys) == np.arange(len(forward.table))).all()
    assert len(read_whole) <= 2  # before anything was published, and at first


def test_a_rebuilt_table_is_read_whole(workspace, warehouse, read_whole):
    objective_id = Objective.objects.get(workspace_id=workspace.id).id
    asked = {"workspace_id": workspace.id, "objective_id": objective_id, "warehouse": warehouse}
    something_happens(workspace, random.Random(1), 1)
    publish(warehouse, CLOCK_FACTS, at=june(30))
    assert len(published_clocks(**asked).table) == 1
    upto = filled_upto(warehouse, CLOCKS, "objectives")
    replace_rows(warehouse, CLOCKS, [], app="objectives", upto=upto - 1, at=june(30))

    assert len(published_clocks(**asked).table) == 0
    assert len(read_whole) == 2
