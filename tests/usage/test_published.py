"""Public logs come in by the documented command and give the figures published of them."""

import json
from collections import Counter
from datetime import UTC, date, datetime
from statistics import median

import pytest
import time_machine
import yaml
from click.testing import CliRunner

from shinrai.usage.commands.measures import group
from shinrai.usage.facts import EVENTS
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse
from tests.revenue.test_published import STARTS

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)


@pytest.fixture
def ask(cast, settings, tmp_path):
    """Ask a command of usage, as on a command line."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "tables")

    def asked(*words):
        with time_machine.travel(NOW, tick=False):
            done = CliRunner().invoke(group, [*map(str, words), "-w", "tanuki", "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    return asked


@pytest.fixture
def take(ask, shared, tmp_path):
    """Import one of the public files; what was said, and the rows that lie there then."""

    def taken(*names, **says):
        path, more = shared.joinpath("data", *names), []
        if says:
            mapping = tmp_path / "mapping.yaml"
            mapping.write_text(yaml.safe_dump(says), encoding="utf-8")
            more = ["--mapping", mapping]
        found = ask("import", path, *more)
        again = ask("import", path, *more)
        assert (again["new"], again["known"]) == (0, found["new"])
        warehouse = Warehouse(str(tmp_path / "tables"))
        rows = run(warehouse, EVENTS.unbound(), tables=[EVENTS]).rows
        return found, {name: rows[name].to_pylist() for name in ("actor_id", "event", "utc_on")}

    return taken


def test_messages_of_students(take, ask):
    """59,835 messages of 1,350 senders, 6 days of writing in the middle and 103 at most."""
    found, rows = take("collegemsg", "CollegeMsg.txt.gz")
    assert (found["new"], found["quarantined"], len(set(rows["actor_id"]))) == (59_835, 0, 1_350)
    zone = ("--zone", "America/Los_Angeles")
    days = ask("stickiness", "--from", "2004-04-15", "--to", "2004-10-26", *zone)["days"]
    everyone = [int(count) for count, those in days.items() for _ in range(those)]
    assert (len(everyone), median(everyone), max(everyone)) == (1_350, 6, 103)


def test_a_grocer(take, ask):
    found, rows = take("grocery_elog", "groceryElog.csv.gz")
    assert (found["new"], found["quarantined"], len(set(rows["actor_id"]))) == (10_483, 0, 1_525)
    days = ask("stickiness", "--from", "2006-01-01", "--to", "2007-12-30")["days"]
    assert sum(int(count) * those for count, those in days.items()) == 10_483
    asked = ("--kind", "first-time", "--period", "month", "--periods", "24")
    cohorts = ask("retention", *asked, "--from", "2006-01-01", "--to", "2007-12-30")["cohorts"]
    assert sum(one["size"] for one in cohorts[:3]) == 1_525
    assert sum(one["size"] for one in cohorts[3:]) == 0


def test_videos_of_a_course(take):
    found, rows = take("xapi_fun_mooc", "statements.jsonl.gz")
    assert (found["new"], len(set(rows["actor_id"]))) == (22_000, 1_452)
    verbs = Counter(name.rpartition("/")[2] for name in rows["event"])
    assert [verbs[name] for name in ("played", "paused", "interacted", "seeked", "completed")] == [
        *(6_603, 6_480, 3_546, 2_995, 636),
    ]
    assert Counter(rows["utc_on"])[date(2021, 11, 26)] == 3_172


def test_results_and_submissions_at_the_open_university(take):
    """Days count from the beginning of a course; an id is made of two columns."""
    oulad = "oulad_without_clicks"
    at = {"actor": "id_student", "day_zero": STARTS}
    found, rows = take(oulad, "student.parquet", **at, event="final_result", at={"fixed": 0})
    assert (found["new"], len(set(rows["actor_id"]))) == (32_593, 28_785)
    results = {"Pass": 12_361, "Withdrawn": 10_156, "Fail": 7_052, "Distinction": 3_024}
    assert Counter(rows["event"]) == results

    says = {"id": ["id_assessment", "id_student"], "at": "date_submitted"}
    says |= {"actor": "id_student", "event": {"fixed": "submitted"}, "day_zero": "2013-10-01"}
    found, rows = take(oulad, "student_assessment.parquet", **says)
    assert (found["new"], found["quarantined"]) == (173_912, 0)
    assert len(set(rows["actor_id"])) == 28_785  # who submitted had registered


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_any_sheet_of_events(ask, tmp_path, encoding):
    path = tmp_path / "学習.csv"
    text = '生徒;行動;日時\r\n"田中 葵";ドリル;31/05/2026 23:50\r\n;ドリル;01/06/2026 00:10\r\n'
    path.write_bytes(text.encode(encoding))
    mapping = tmp_path / "m.yaml"
    says = {"actor": "生徒", "event": "行動", "at": "日時", "moments": "%d/%m/%Y %H:%M"}
    mapping.write_text(yaml.safe_dump(says, allow_unicode=True), encoding="utf-8")
    found = ask("import", path, "--mapping", mapping)
    assert (found["rows"], found["new"], found["quarantined"]) == (2, 1, 1)
    days = ask("active-days", "--event", "ドリル", "--from", "2026-05-01", "--to", "2026-06-30")
    assert [one["month"] for one in days] == ["2026-05-01"]
