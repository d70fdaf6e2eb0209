"""The commands of usage, as programs and people call them."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.customers.operations import record_customers
from shinrai.usage.commands.measures import group
from shinrai.usage.operations.cohorts import save_cohort
from shinrai.usage.rules.cohort import CohortDefinition
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.usage.filling import Act, fill

MORNING = datetime(2026, 6, 17, 9, tzinfo=ZoneInfo("Asia/Tokyo"))


@pytest.fixture
def learners(cast: Cast, settings, tmp_path: Path) -> Cast:
    """Aki studies every day of June up to the 16th, Ben on three days; it is the 17th."""
    names = record_customers(
        workspace_id=cast.workspace.id, source="usage", identifiers=["aki", "ben"], at=MORNING
    )
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")
    aki, ben = names["aki"].id, names["ben"].id
    acts = [Act(aki, MORNING - timedelta(days=n)) for n in range(1, 17)]
    acts += [Act(ben, MORNING - timedelta(days=n), event="opened") for n in (1, 8, 15)]
    fill(
        Warehouse(settings.SHINRAI_WAREHOUSE),
        acts,
        zone="Asia/Tokyo",
        workspace_id=cast.workspace.id,
    )
    with time_machine.travel(MORNING, tick=False):
        yield cast


def asked(*words: str):
    done = CliRunner().invoke(group, [*words, "-w", "tanuki", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_retention_has_a_row_per_cohort_and_says_which_columns_are_open(learners):
    words = ("retention", "--period", "week", "--periods", "3", "--from", "2026-05-31")
    span = ("--start", "studied", "--return", "studied")

    assert asked(*words, *span) == {
        "cohorts": [
            {"start": "2026-05-31", "size": 1, "returned": [1, 1, None]},
            {"start": "2026-06-07", "size": 1, "returned": [1, None, None]},
            {"start": "2026-06-14", "size": 1, "returned": [1, None, None]},
        ],
        "open_from": [2, 1, 0],
    }
    assert asked(*words, "--kind", "first-time")["cohorts"][0]["returned"] == [2, 2, None]


def test_stickiness_and_lifecycle(learners):
    june = ("--from", "2026-06-01", "--to", "2026-06-30")

    assert asked("stickiness", *june) == {"days": {"3": 1, "16": 1}}
    weekly = asked("lifecycle", *june, "--period", "week", "--event", "opened")
    assert weekly[0] == {
        "start": "2026-05-31",
        "new": 1,
        "returning": 0,
        "resurrecting": 0,
        "dormant": 0,
    }
    assert weekly[-1]["dormant"] is None
    assert asked("active", "--to", "2026-06-09", "--from", "2026-06-09")[0]["wau"] == 2


def test_habit_of_all_and_of_one(learners, tmp_path):
    both = {one["days"] for one in asked("active-days")}
    assert both == {16, 3}
    assert [one["days"] for one in asked("active-days", "--person", "ben")] == [3]
    assert {one["current"] for one in asked("streaks")["persons"]} == {16, 1}
    assert asked("churned", "--idle-days", "1")["churned"] == 0
    assert asked("survival", "--idle-days", "1")["curve"]["count"] == 2

    contracts = tmp_path / "contracts.csv"
    contracts.write_text("person,from,until\naki,2026-01-01,\nzoe,2026-01-01,2026-07-01\n")
    (june,) = asked(
        "learning-retention",
        "--contracts",
        str(contracts),
        "--at",
        "2026-07-02T00:00+09:00",
        "--to",
        "2026-06-30",
    )
    assert (june["learners"], june["kept"], june["basis"]) == (2, 1, "contract")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("active-days", "--person", "dan"), "nobody is known as dan"),
        (("stickiness", "--where", "grade"), "grade is no property; write KEY=VALUE"),
        (("lifecycle", "--zone", "Tokyo"), "no time zone is called 'Tokyo'"),
        (("retention", "--periods", "0"), "ask for 1 to 1000 periods, not 0"),
        (("learning-retention", "--contracts", __file__), "is no list of contracts"),
    ],
    ids=lambda value: value[1] if isinstance(value, tuple) else "",
)
def test_what_cannot_be_answered_is_refused(learners, words, said):
    done = CliRunner().invoke(group, [*words, "-w", "tanuki"])

    assert (done.exit_code, said in done.output) == (2, True), done.output


def test_people_read_columns(learners):
    words = ["lifecycle", "-w", "tanuki", "--from", "2026-06-15", "--to", "2026-06-16"]

    lines = CliRunner().invoke(group, words).output.split("\n")

    assert lines[1].split() == ["start", "new", "returning", "resurrecting", "dormant"]
    assert lines[3].split() == ["2026-06-16", "0", "1", "1", "0"]


def test_a_cohort_narrows_any_measure_to_its_people(learners):
    save_cohort(
        workspace_id=learners.workspace.id,
        name="Studies often",
        definition=CohortDefinition(event="studied", days=20, least_days=10),
        at=MORNING,
        by="member:1",
    )
    words = ("--from", "2026-06-01", "--to", "2026-06-16")

    assert asked("stickiness", *words) == {"days": {"3": 1, "16": 1}}
    assert asked("stickiness", *words, "--cohort", "studies OFTEN") == {"days": {"16": 1}}
    done = CliRunner().invoke(group, ["streaks", "-w", "tanuki", "--cohort", "nobody"])
    assert done.exit_code == 2
    assert "Studies often" in done.output
