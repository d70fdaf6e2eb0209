"""調査依頼 in Jira: filed, sent back, resubmitted, waiting for a release, and answered."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from shinrai.importers.commands import import_
from shinrai.importers.jira.source import JIRA
from shinrai.importers.mapping_files import shipped_mapping
from tests.importers.desk import Desk
from tests.importers.fakes.pulled import files_in
from tests.importers.jira.desk_of_jira import (
    KURATA,
    MORI,
    change,
    comment,
    custom,
    given,
    issue,
    item,
    moment,
    names,
    status,
)

MAPPING = shipped_mapping("jira_investigations")


def investigation() -> dict[str, Any]:
    """Kurata of CS files; Mori of CRE sends it back once, waits for a release, and answers."""
    own = issue(
        20001, "CRE-1", moment(1, "11:00"), moment(8, "17:30"), reporter=KURATA, creator=KURATA,
        project={"key": "CRE", "projectTypeKey": "software"}, summary="連続記録が 0 になる",
        status=status("回答済み"), resolution={"name": "Done"}, resolutiondate=moment(8, "17:30"),
        assignee=MORI, customfield_10021={"value": "不具合"},
    )  # fmt: skip
    verdict = custom("customfield_10021", "判定", None, "不具合")
    log = [
        change(1, moment(1, "13:00"), MORI, given(None, MORI), item("status", "起票", "調査中")),
        change(2, moment(2, "10:00"), MORI, item("status", "調査中", "差し戻し")),
        change(3, moment(3, "09:30"), KURATA, item("status", "差し戻し", "再提出")),
        change(4, moment(3, "11:00"), MORI, item("status", "再提出", "調査中")),
        change(5, moment(4, "15:00"), MORI, item("status", "調査中", "リリース待ち")),
        change(6, moment(8, "16:00"), MORI, item("status", "リリース待ち", "調査中")),
        change(7, moment(8, "17:30"), MORI, verdict, item("resolution", None, "Done"),
               item("status", "調査中", "回答済み")),
    ]  # fmt: skip
    said = [comment(1, moment(2, "10:00"), MORI, "端末が分かりません")]
    del said[0]["jsdPublic"]
    work = {"id": "5", "issue_id": "20001", "author": MORI, "started": moment(8, "16:00"),
            "timeSpentSeconds": 5_400}  # fmt: skip
    return {"issue": own, "changelog": log, "comments": said, "worklogs": [work]}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "cre.ndjson"
    lines = [names(), investigation()]
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


@pytest.mark.django_db
class TestInvestigations:
    def test_every_step_is_told_at_its_own_moment(self, desk: Desk, file: Path) -> None:
        report = files_in(JIRA, file, mapping=MAPPING)

        assert (report.counts.investigations, report.counts.inquiries) == (1, 0)
        assert (report.counts.quarantined, report.flags) == (0, ())
        told = [
            (f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2], step[3], step[4])
            for step in sorted(desk.told("CRE-1"), key=lambda step: (step[1], step[8]))
        ]
        assert sorted(told) == sorted([
            ("06-01 02:00", "filed", "Kurata", "agent"),
            ("06-01 02:00", "assigned", "system", "engineer"),  # to the group it was created with
            ("06-01 04:00", "acknowledged", "Mori", "engineer"),
            ("06-01 04:00", "assigned", "Mori", "engineer"),
            ("06-02 01:00", "sent_back", "Mori", "engineer"),
            ("06-02 01:00", "note", "Mori", "engineer"),
            ("06-03 00:30", "resubmitted", "Kurata", "agent"),
            ("06-03 02:00", "acknowledged", "Mori", "engineer"),
            ("06-04 06:00", "waiting", "Mori", "engineer"),
            ("06-08 07:00", "resumed", "Mori", "engineer"),
            ("06-08 07:00", "worked", "Mori", "engineer"),
            ("06-08 08:30", "finding", "Mori", "engineer"),
            ("06-08 08:30", "answered", "Mori", "engineer"),
        ])  # fmt: skip

    def test_the_clock_rests_while_it_is_sent_back_and_while_it_waits(
        self, desk: Desk, file: Path
    ) -> None:
        """Sent back from Tuesday 10:00 to Wednesday 09:30; waiting from Thursday to Monday."""
        from shinrai.investigations.rules.replay import replay
        from shinrai.ledger.queries import all_standing

        files_in(JIRA, file, mapping=MAPPING)

        [(_, steps)] = all_standing(workspace_id=desk.id, record="investigation")
        life = replay(steps)
        [around] = life.rounds
        assert [(p.reason, p.since.astimezone(UTC), p.until) for p in around.pauses] == [
            ("sent_back", _utc(2, 1, 0), _utc(3, 0, 30)),
            ("problem", _utc(4, 6, 0), _utc(8, 7, 0)),
        ]
        assert (life.verdict, life.answered_at) == ("defect", _utc(8, 8, 30))
        assert life.flags == ()

    def test_a_waiting_that_names_nobody_is_flagged(self, desk: Desk, tmp_path: Path) -> None:
        vague = investigation()
        vague["changelog"][4]["items"][0]["toString"] = "待ち"
        vague["changelog"][5]["items"][0]["fromString"] = "待ち"
        path = tmp_path / "vague.ndjson"
        path.write_text(f"{json.dumps(names())}\n{json.dumps(vague)}\n", "utf-8")

        report = files_in(JIRA, path, mapping=MAPPING)

        assert [(flag.code, flag.count) for flag in report.flags] == [("guessed_meaning", 1)]
        [waits] = [step for step in desk.told("CRE-1") if step[2] == "waiting"]
        assert waits[6] == {"on": "third_party", "doubt": "guessed_meaning"}

    def test_what_will_not_be_done_is_withdrawn(self, desk: Desk, tmp_path: Path) -> None:
        dropped = investigation()
        dropped["changelog"][6]["items"][1]["toString"] = "Won't Do"
        dropped["issue"]["fields"]["resolution"] = {"name": "Won't Do"}
        path = tmp_path / "dropped.ndjson"
        path.write_text(f"{json.dumps(names())}\n{json.dumps(dropped)}\n", "utf-8")

        files_in(JIRA, path, mapping=MAPPING)

        assert "withdrawn" in desk.kinds("CRE-1")
        assert "answered" not in desk.kinds("CRE-1")

    def test_by_command_under_the_mappings_own_name(self, desk: Desk, file: Path) -> None:
        args = ["jira_investigations", str(file), "--workspace", "desk", "--simulated", "--json"]

        answer = CliRunner().invoke(import_, args)

        assert json.loads(answer.stdout)["investigations"] == 1

    def test_which_project_must_be_said(self) -> None:
        args = ["jira", "--mapping", "jira_investigations", "--workspace", "desk", "--lang", "en"]
        pulled = [*args, "--url", "https://acme.atlassian.net"]

        refused = CliRunner().invoke(import_, pulled)
        from_file = CliRunner().invoke(import_, [*args, "x.json", "--jql", "project = CRE"])

        assert refused.exit_code == from_file.exit_code == 2
        assert "--jql 'project = CRE'" in refused.stderr
        assert "files are read whole" in from_file.stderr


def _utc(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)
