"""From a filed investigation to a verdict: one team, one week of June 2026, both readers."""

from datetime import datetime, timedelta, timezone

import psycopg
import pytest

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.calendars.operations import save_calendar
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.objectives.facts import CLOCK_FACTS, CLOCKS
from shinrai.objectives.operations.freezing import freeze_closed_windows
from shinrai.objectives.operations.refreshing import recompute_outdated_clocks
from shinrai.objectives.operations.saving import save_objective
from shinrai.objectives.queries.explaining import explain_case
from shinrai.objectives.queries.lines import clocks_now
from shinrai.objectives.queries.standings import objective_report
from shinrai.warehouse.fact_table import publish
from shinrai.warehouse.query import run
from shinrai.warehouse.store import Warehouse

JST = timezone(timedelta(hours=9))
OFFICE = {
    "zone": "Asia/Tokyo",
    "weekly": {day: ["10:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")},
    "holidays": "JP",
    "closed": ["12-29..01-03"],
}
OBJECTIVE = {
    "apiVersion": "openslo/v1",
    "kind": "SLO",
    "metadata": {"name": "two-days"},
    "spec": {
        "service": "michi",
        "indicator": {
            "metadata": {"name": "answered"},
            "spec": {
                "thresholdMetric": {
                    "metricSource": {
                        "type": "shinrai",
                        "spec": {
                            "clock": "investigation",
                            "mode": "via_cs",
                            "calendar": "office",
                            "within": {"business_days": "2", "by": "close"},
                            "pauses": ["sent_back", "customer", "third_party"],
                        },
                    }
                }
            },
        },
        "timeWindow": [
            {
                "duration": "1M",
                "isRolling": False,
                "calendar": {"startTime": "2026-04-01 00:00:00", "timeZone": "Asia/Tokyo"},
            }
        ],
        "budgetingMethod": "Occurrences",
        "objectives": [{"target": "0.9"}],
    },
}

pytestmark = pytest.mark.django_db(transaction=True)


def june(day, hour=0, minute=0):
    return datetime(2026, 6, day, hour, minute, tzinfo=JST)


@pytest.fixture
def workspace():
    there = open_workspace(
        slug="michi", name="ミチ", zone="Asia/Tokyo", simulated=True, at=june(1), by="test"
    )
    save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=june(1), by="test")
    save_objective(workspace_id=there.id, document=OBJECTIVE, at=june(1), by="test")
    return there


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(str(tmp_path / "warehouse"))


def filed(workspace, key, at):
    return file_investigation(
        workspace_id=workspace.id, source_key=key, at=at, by="staff:sato", words="連続記録が消えた"
    )


def step(case_id, kind, at):
    take_step(case_id=case_id, kind=kind, at=at, by="staff:mori", role="engineer")


def week(workspace):
    """Kept on Wednesday, missed by a minute on Friday, sent back over a close, and one open."""
    kept = filed(workspace, "A-1", june(2, 11))
    step(kept, "answered", june(4, 18))
    missed = filed(workspace, "A-2", june(3, 18))
    sent = filed(workspace, "A-3", june(2, 11))
    step(sent, "sent_back", june(3, 17))
    step(sent, "resubmitted", june(4, 9))
    filed(workspace, "A-4", june(5, 9))
    step(missed, "answered", june(8, 18, 1))


class TestTheWeek:
    def test_the_queue_shows_due_times_the_moment_a_step_is_taken(self, workspace):
        week(workspace)

        lines = {line.case_key: line for line in clocks_now(workspace_id=workspace.id, at=june(5))}

        assert {key: line.row.due_at for key, line in lines.items()} == {
            "A-3": june(5, 18),
        }
        assert lines["A-3"].row.due_without_pauses_at == june(4, 18)

    def test_windows_say_what_the_queue_says_once_published(self, workspace, warehouse):
        week(workspace)
        publish(warehouse, CLOCK_FACTS, at=june(9, 12))

        report = objective_report(
            workspace_id=workspace.id, name="two-days", at=june(9, 12), warehouse=warehouse
        )

        states = {line.case_key: line.state for line in report.lines}
        assert states == {"A-1": "kept", "A-2": "missed", "A-3": "overdue", "A-4": "running"}
        counts = report.standing.counts
        assert (counts.kept, counts.missed, counts.overdue, counts.running) == (1, 1, 1, 1)
        assert not report.freshness.from_steps
        assert report.freshness.table_versions["clocks"] >= 0

    def test_an_earlier_moment_is_answered_as_it_was(self, workspace, warehouse):
        """On Wednesday evening A-3 was at rest: no due time, although it has one since."""
        week(workspace)
        publish(warehouse, CLOCK_FACTS, at=june(9, 12))

        report = objective_report(
            workspace_id=workspace.id, name="two-days", at=june(3, 20), warehouse=warehouse
        )

        assert report.freshness.from_steps
        assert report.standing.paused == 1
        assert {line.case_key for line in report.lines} == {"A-1", "A-2"}

    def test_june_is_frozen_once_it_is_over_and_stays(self, workspace, warehouse):
        week(workspace)
        publish(warehouse, CLOCK_FACTS, at=june(30))
        july = june(30) + timedelta(days=2)

        assert freeze_closed_windows(warehouse=warehouse, at=july) == 1
        assert freeze_closed_windows(warehouse=warehouse, at=july) == 0
        report = objective_report(
            workspace_id=workspace.id, name="two-days", at=july, warehouse=warehouse
        )
        [verdict] = report.verdicts
        assert (verdict.kept, verdict.missed, verdict.is_met) == (1, 3, False)

    def test_why_a_3_is_due_on_friday(self, workspace):
        week(workspace)

        [found] = explain_case(
            workspace_id=workspace.id, name="two-days", case_key="A-3", at=june(5, 12)
        )

        assert found.facts.due_at == june(5, 18)
        assert [pause.reason for pause in found.facts.pauses] == ["sent_back"]

    def test_a_changed_calendar_moves_due_times(self, workspace):
        week(workspace)
        longer = OFFICE | {"closed": ["06-05"]}
        save_calendar(workspace_id=workspace.id, name="office", document=longer, at=june(5), by="t")

        assert recompute_outdated_clocks() == 1
        assert recompute_outdated_clocks() == 0

        [line, _] = clocks_now(workspace_id=workspace.id, at=june(5, 12))
        assert (line.case_key, line.row.due_at) == ("A-3", june(8, 18))


class TestPublishing:
    def test_what_is_still_being_written_waits_and_is_not_lost(
        self, workspace, warehouse, other_books
    ):
        """Mori's step is begun before Sato's and committed after the publishing in between."""
        week(workspace)
        publish(warehouse, CLOCK_FACTS, at=june(9))
        with other_books.cursor() as mori:
            mori.execute("BEGIN")
            mori.execute("SELECT pg_current_xact_id()")
            sato = filed(workspace, "A-5", june(9, 11))
            publish(warehouse, CLOCK_FACTS, at=june(9, 12))
            between = published_cases(workspace, warehouse)
            mori.execute(
                "UPDATE objectives_clock SET stopped_at = due_at,"
                " written_in = pg_current_xact_id()::text::bigint WHERE case_id <> %s",
                [sato],
            )
            mori.execute("COMMIT")
        publish(warehouse, CLOCK_FACTS, at=june(9, 13))

        assert sato not in between
        after = published_cases(workspace, warehouse)
        assert sato in after
        assert all(row["stopped_us"] for case_id, row in after.items() if case_id != sato)


def published_cases(workspace, warehouse):
    answer = run(
        warehouse, CLOCKS.unbound(), tables=[CLOCKS], within={"workspace_id": workspace.id}
    )
    return {row["case_id"]: row for row in answer.records()}


@pytest.fixture
def other_books():
    """A second connection to the same books, as another process would have."""
    from django.db import connection

    with psycopg.connect(**_place(connection), autocommit=True) as other:
        yield other


def _place(connection):
    entry = connection.settings_dict
    return {
        "host": entry["HOST"],
        "port": entry["PORT"] or None,
        "dbname": entry["NAME"],
        "user": entry["USER"],
        "password": entry["PASSWORD"],
    }
