"""The sheet goes in by the door and comes out as the pencil had it: CP932 and .xlsx alike."""

import csv
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from shinrai.accounts.queries import workspace_named
from shinrai.importers.mapping_files import load_mapping
from shinrai.importers.operations import import_into
from shinrai.importers.run.request import ImportRequest
from shinrai.objectives.facts import CLOCK_FACTS
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries.explaining import explain_case
from shinrai.objectives.queries.standings import objective_report
from shinrai.objectives.rules.yaml_text import read_yaml
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.store import Warehouse

SHEET = Path(__file__).parents[2] / "examples" / "investigations_ja"
TOKYO = ZoneInfo("Asia/Tokyo")
NOON = datetime(2026, 11, 20, 12, tzinfo=TOKYO)
pytestmark = pytest.mark.django_db(transaction=True)


def worked():
    with (SHEET / "worked_by_hand.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO) if text else None


@pytest.mark.parametrize("name", ["chousa_irai_2026.csv", "chousa_irai_2026.xlsx"])
def test_every_due_time_and_verdict_is_the_pencils(name, tmp_path):
    report = import_into(
        workspace="cre",
        request=ImportRequest(
            mapping=load_mapping("investigations_sheet_ja"),
            paths=(SHEET / name,),
            at=NOON,
            by="test",
        ),
    )
    there = workspace_named("cre")
    calendar = read_yaml((SHEET / "calendar.yaml").read_text("utf-8"))
    objective = read_yaml((SHEET / "objective.yaml").read_text("utf-8"))
    spec = objective["spec"]["indicator"]["spec"]["ratioMetric"]["raw"]["metricSource"]["spec"]
    spec["calendar"] = "calendar"
    saved = save_objective(
        workspace_id=there.id,
        document=objective,
        calendars={"calendar": calendar},
        at=NOON,
        by="test",
    )
    warehouse = Warehouse(str(tmp_path / "warehouse"))
    publish(warehouse, CLOCK_FACTS, at=NOON)

    assert (report.counts.investigations, report.counts.quarantined) == (40, 0)
    for row in worked():
        [found] = explain_case(
            workspace_id=there.id, name=saved.name, case_key=row["case"], at=NOON
        )
        facts = found.facts
        assert (row["case"], facts.effective_at) == (row["case"], local(row["effective_at"]))
        assert (row["case"], facts.due_at) == (row["case"], local(row["due_at"]))
        assert (row["case"], facts.state) == (row["case"], row["verdict"])
    november = objective_report(
        workspace_id=there.id, name=saved.name, at=NOON, warehouse=warehouse
    )
    states = {line.case_key: line.state for line in november.lines}
    by_hand = {row["case"]: row["verdict"] for row in worked()}
    assert states
    assert states == {key: by_hand[key] for key in states}
