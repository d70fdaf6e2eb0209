"""A town of eight, counted by hand: who came back, by grade, and as it may be shared."""

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.customers.operations import record_customers
from shinrai.usage.commands.measures import group
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.usage.filling import Act, fill

pytestmark = pytest.mark.django_db
# Tuesday; the weeks of Sunday 31 May, 7, 14 and 21 June are over, that of the 28th is open.
MORNING = datetime(2026, 6, 30, 9, tzinfo=ZoneInfo("Asia/Tokyo"))
NAMES = ("aki", "ben", "chie", "dan", "emi", "fumi", "gen", "hana")


def june(day: int, hour: int = 17) -> datetime:
    return datetime(2026, 6, day, hour, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def town(cast: Cast, settings, tmp_path: Path) -> Cast:
    """Aki to Emi are of grade 3, Fumi and Gen of 4 (Fumi was of 3), Hana says none.

    Aki and Ben come on the 1st, 8th and 22nd: resurrected in the week of the 21st. Chie to Fumi
    come on the 1st alone, Gen on the 9th, Hana on the 16th.
    """
    known = record_customers(
        workspace_id=cast.workspace.id, source="usage", identifiers=list(NAMES), at=MORNING
    )
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    aki, ben, chie, dan, emi, fumi, gen, hana = (known[name].id for name in NAMES)
    of_3, of_4 = '{"grade": 3}', '{"grade":"4","note":"a\\"b, \\"grade\\":9"}'
    acts = [Act(who, june(day), properties=of_3) for who in (aki, ben) for day in (1, 8, 22)]
    acts += [Act(who, june(1), properties=of_3) for who in (chie, dan, emi)]
    acts += [Act(fumi, june(1), properties=of_3), Act(fumi, june(2), properties=of_4)]
    acts += [Act(gen, june(9), properties=of_4), Act(hana, june(16))]
    scores = {aki: ((1, 40), (8, 60), (22, 80)), ben: ((1, 70), (22, 60)), hana: ((22, 90),)}
    acts += [
        Act(who, june(day, 18), "finished", properties=json.dumps({"score": score}))
        for who, found in scores.items()
        for day, score in found
    ]
    acts.append(Act(gen, june(20), "finished", properties='{"score": "n/a"}'))
    warehouse = Warehouse(settings.SHINRAI_WAREHOUSE)
    fill(warehouse, acts, zone="Asia/Tokyo", workspace_id=cast.workspace.id)
    with time_machine.travel(MORNING, tick=False):
        yield cast


def asked(*words: str):
    done = CliRunner().invoke(group, [*words, "-w", "tanuki", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


WEEKS = ("--period", "week", "--from", "2026-06-01", "--to", "2026-06-30", "--event", "studied")


def test_of_those_who_stayed_away_two_of_six_came_back_in_the_week_of_the_21st(town):
    found = {one["start"]: one for one in asked("resurrection", *WEEKS)}

    assert [found[day]["away"] for day in sorted(found)] == [0, 0, 4, 7, 6]
    assert found["2026-06-21"]["resurrected"] == 2
    assert found["2026-06-28"]["resurrected"] is None


def test_by_the_newest_value_of_a_property(town):
    found = asked("retention", *WEEKS, "--periods", "2", "--by-property", "grade")

    shown = [(one["group"], one["value"], one["people"]) for one in found["groups"]]
    assert shown == [("value", "3", 5), ("value", "4", 2), ("none", None, 1)]
    sizes = [one["answer"]["cohorts"][0]["size"] for one in found["groups"]]
    assert sizes == [5, 1, 0]


def test_shared_answers_name_no_few(town):
    found = asked("stickiness", *WEEKS[2:], "--share", "2", "--by-property", "grade")
    assert [(one["group"], one["value"]) for one in found["groups"]][:2] == [
        ("value", "3"),
        ("value", "4"),
    ]
    whole = asked("retention", *WEEKS, "--periods", "2", "--share")["cohorts"][0]
    assert (whole["size"], whole["returned"]) == (6, [6, None])
    done = CliRunner().invoke(group, ["retention", "-w", "tanuki", "--share", "1"])
    assert done.exit_code == 2
