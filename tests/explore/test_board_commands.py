"""Questions and dashboards from the command line: out to files, in again, pinned, watched."""

import json
from pathlib import Path
from typing import Any

import pytest
import time_machine

from shinrai.explore.operations.questions import save_question
from shinrai.explore.rules.permission import CASES
from shinrai.explore.rules.question import QuestionFields
from shinrai.site.main import run
from tests.explore.stage import NOW

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


def said(capsys: Any, *words: str) -> Any:
    assert run(["explore", *words, "--workspace", "tanuki", "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_out_in_again_pinned_and_watched(stage: Any, capsys: Any, tmp_path: Path) -> None:
    with time_machine.travel(NOW, tick=False):
        save_question(
            workspace_id=stage.there.id, key="count", is_new=True, view=CASES, at=NOW, by="staff:1",
            fields=QuestionFields("Count", "SELECT count(*) AS n FROM inquiries"),
        )  # fmt: skip
        (tmp_path / "dashboards").mkdir()
        (tmp_path / "dashboards/desk.yaml").write_text("title: Desk\ntiles: []\n")
        assert said(capsys, "apply", str(tmp_path), "--dry-run") == [
            {"kind": "dashboard", "key": "desk", "state": "new"}
        ]
        said(capsys, "apply", str(tmp_path))
        pinned = said(capsys, "pin", "count", "--dashboard", "desk")
        assert [one["source"] for one in pinned["tiles"]] == ["count"]
        shown = said(capsys, "dashboards", "desk")
        assert shown["tiles"][0]["answer"]["rows"] == [[15]]
        watched = ("--when", "threshold", "--value", "10", "--to", "team@example.com")
        [alert] = said(capsys, "alert", "count", "--dashboard", "desk", *watched)
        assert (alert["when"], alert["value"], alert["to"]) == (
            "threshold",
            10,
            "t…@example.com",
        )
        assert said(capsys, "alert", "count", "--dashboard", "desk", "--end") == []
        written = said(capsys, "export", str(tmp_path))
        assert "questions/count.sql" in written
        assert {one["state"] for one in said(capsys, "apply", str(tmp_path))} == {"same"}


def test_a_question_is_saved_changed_and_retired(stage: Any, capsys: Any, tmp_path: Path) -> None:
    file = tmp_path / "late.sql"
    file.write_text("SELECT topic, count(*) AS n FROM inquiries WHERE mode = {{mode}} GROUP BY 1")
    with time_machine.travel(NOW, tick=False):
        usual = ("--title", "Late", "--param", "mode=via_cs", "--chart", "bar of n by topic top 5")
        kept = said(capsys, "save", "late", "--sql", str(file), *usual)
        assert (kept["number"], kept["defaults"]) == (1, {"mode": "via_cs"})
        assert (kept["chart"]["type"], kept["chart"]["top"]) == ("bar", 5)
        changed = said(capsys, "save", "late", "--owner", "Aoi", "--review-on", "2026-09-01")
        assert (changed["number"], changed["sql"], changed["owner"]) == (2, kept["sql"], "Aoi")
        assert changed["review_on"] == "2026-09-01"
        assert [one["key"] for one in said(capsys, "questions", "--needs", "inquiries.mode")] == [
            "late"
        ]
        assert said(capsys, "questions", "--needs", "inquiries.channel") == []
        said(capsys, "retire", "late")
        assert said(capsys, "questions") == []


def test_what_does_not_run_is_not_saved(stage: Any, capsys: Any, tmp_path: Path) -> None:
    file = tmp_path / "late.sql"
    file.write_text("SELECT nothing FROM inquiries")
    words = ("save", "late", "--sql", str(file), "--title", "Late", "--workspace", "tanuki")
    assert run(["explore", *words]) == 2
    assert "nothing" in capsys.readouterr().err
