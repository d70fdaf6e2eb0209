"""JSM's own cycles beside our times, by a calendar from nine to six: counted by hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from shinrai.calendars.operations import save_calendar
from shinrai.importers.jira.source import JIRA
from shinrai.importers.reconciliation.queries import reconcile
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.pulled import files_in
from tests.importers.jira.desk_of_jira import RULE, comment, moment, names, reopened, whole

WEEK = {day: ["09:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}


def reconciled(desk: Desk, tmp_path: Path, *issues: dict[str, Any]) -> dict[str, Any]:
    """Import issues, and give the figures by their names."""
    save_calendar(
        workspace_id=desk.id,
        name="desk",
        document={"zone": "Asia/Tokyo", "weekly": WEEK},
        at=NOON,
        by="staff:1",
    )
    path = tmp_path / "issues.ndjson"
    path.write_text("".join(f"{json.dumps(one)}\n" for one in (names(), *issues)), "utf-8")
    report = files_in(JIRA, path)
    assert report.batch is not None
    found = reconcile(batch_id=report.batch)
    assert found.unexplained == 0
    return {entry["metric"]: entry for entry in found.as_json()["metrics"]}


@pytest.mark.django_db
class TestReconciled:
    def test_times_are_equal_to_the_second_and_a_last_cycle_is_told(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """Hanako: 30 min, and 13:30:58. Taro: an hour, and then two more, which JSM says alone."""
        told = reconciled(desk, tmp_path, whole(), reopened())

        first, last = (
            told[f"Time to {name}.elapsedTime"] for name in ("first response", "resolution")
        )
        assert (first["n"], first["equal"], first["differing"]) == (2, 2, 0)
        assert (last["n"], last["equal"], last["differing"]) == (2, 1, 1)
        [row] = last["rows"]
        assert (row["case"], row["source_says"], row["we_say"]) == ("HELP-2", 7_200, 10_800)
        assert row["reason"] == "definition"
        assert "the last cycle alone" in row["because"][0]["seen"]
        breached = told["Time to resolution.breached"]
        assert breached["totals"] == {
            "source": {"false": 1, "true": 1},
            "ours": {"false": 1, "true": 1},
        }

    def test_a_rules_first_word_counts_for_them_and_not_for_us(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        """A rule answers Hanako after five minutes, and the cycle stops there."""
        early = whole()
        early["comments"].append(comment(29, moment(1, "09:15"), RULE, "受け付けました"))
        early["sla"][0]["completedCycles"][0]["elapsedTime"] = {"millis": 300_000}

        told = reconciled(desk, tmp_path, early)

        [row] = told["Time to first response.elapsedTime"]["rows"]
        assert (row["source_says"], row["we_say"], row["reason"]) == (300, 1_800, "definition")
        assert "automatic" in row["because"][0]["seen"]

    def test_a_site_in_japanese_names_its_slas_in_japanese(
        self, desk: Desk, tmp_path: Path
    ) -> None:
        ours = whole()
        ours["sla"][0]["name"], ours["sla"][1]["name"] = "初回応答までの時間", "解決までの時間"
        ours["sla"][1]["completedCycles"][0]["elapsedTime"] = 48_658_000  # as a raw field has it

        told = reconciled(desk, tmp_path, ours)

        assert {name: entry["equal"] for name, entry in told.items()} == {
            "Time to first response.elapsedTime": 1,
            "Time to first response.breached": 1,
            "Time to resolution.elapsedTime": 1,
            "Time to resolution.breached": 1,
        }
