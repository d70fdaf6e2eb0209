"""A reconciliation from the books: by command, on its page, and over a real log."""

import html
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.utils.html import strip_tags

from shinrai.importers.commands import import_
from shinrai.importers.reconciliation.queries import (
    CaseNotInImport,
    NothingToReconcile,
    reconcile,
    reconcile_case,
)
from shinrai.importers.run.undo import undo_import
from shinrai.ledger.operations.batches import BatchNotComplete, UnknownBatch
from tests.cast import Cast
from tests.downloads import column
from tests.importers.desk import Desk, open_desk, sheet

pytestmark = pytest.mark.django_db

LOG = """
mapping: log
source: servicenow
record: inquiry
tables:
  states:
    rows: states
    zone: UTC
    key: no
    revision: rev
    order: rev
    begins: {kind: received, at: at, required: true}
    at: at
    state: {column: state, words: {New: open, Done: solved}}
    changes:
      - {kind: assigned, watch: [group], detail: {group: group}}
    source_says: {reopen_count: reopens, reassignment_count: moves, made_sla: sla}
"""
COLUMNS = ("no", "rev", "at", "state", "group", "reopens", "moves", "sla")
ROWS = (
    ("INC-1", "1", "2026-06-03 10:00", "New", "CS", "0", "0", "true"),
    ("INC-1", "2", "2026-06-03 11:00", "New", "", "0", "1", "true"),
    ("INC-1", "3", "2026-06-03 12:00", "Done", "", "0", "1", "true"),
    ("INC-2", "1", "2026-06-03 10:00", "New", "CS", "0", "0", "true"),
    ("INC-2", "2", "2026-06-03 11:00", "New", "CRE", "2", "1", "false"),
)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return sheet(tmp_path / "log.csv", *ROWS, columns=COLUMNS)


class TestReconcile:
    def test_each_figure_is_told_with_its_reasons(self, desk: Desk, log: Path) -> None:
        batch = desk.bring(LOG, log).batch
        assert batch is not None

        told = {entry["metric"]: entry for entry in reconcile(batch_id=batch).as_json()["metrics"]}

        moves, reopens = told["reassignment_count"], told["reopen_count"]
        assert (moves["n"], moves["equal"], moves["differing"]) == (2, 1, 1)
        assert moves["reasons"] == {"definition": 1}
        assert moves["totals"]["source"] == {"cases": 2, "max": 1, "sum": 2}
        [row] = moves["rows"]
        assert (row["case"], row["source_says"], row["we_say"]) == ("INC-1", 1, 0)
        assert "2026-06-03 11:00: the group was emptied" in row["because"][0]["seen"]
        assert reopens["reasons"] == {"missing_step": 1}
        assert told["made_sla"]["totals"]["source"] == {"false": 1, "true": 1}

    def test_a_later_import_is_believed_over_an_earlier_one(
        self, desk: Desk, log: Path, tmp_path: Path
    ) -> None:
        first = desk.bring(LOG, log).batch
        mended = [*ROWS[:4], (*ROWS[4][:5], "0", "1", "false")]
        second = desk.bring(
            LOG, sheet(tmp_path / "later.csv", *mended, columns=COLUMNS), at=LATER
        ).batch
        assert first is not None
        assert second is not None

        for batch in (first, second):
            [reopens] = [e for e in reconcile(batch_id=batch).entries if _is(e, "reopen_count")]
            assert (reopens.equal, reopens.differing) == (2, 0)

    def test_one_case(self, desk: Desk, log: Path) -> None:
        batch = desk.bring(LOG, log).batch
        assert batch is not None

        figures = reconcile_case(batch_id=batch, key="INC-1")

        told = {line.entry.metric.name: (line.source_says, line.we_say) for line in figures.lines}
        assert told == {
            "made_sla": ("true", None),
            "reopen_count": (0, 0),
            "reassignment_count": (1, 0),
        }
        with pytest.raises(CaseNotInImport):
            reconcile_case(batch_id=batch, key="INC-3")

    def test_what_cannot_be_compared_says_why(self, desk: Desk, log: Path) -> None:
        own = desk.bring(LOG.replace("source: servicenow", "source: our-own"), log).batch
        taken_back = desk.bring(LOG, log).batch
        assert own is not None
        assert taken_back is not None
        undo_import(batch_id=taken_back, reason="wrong file", at=LATER, by="staff:1")

        with pytest.raises(NothingToReconcile, match="servicenow"):
            reconcile(batch_id=own)
        with pytest.raises(BatchNotComplete):
            reconcile(batch_id=taken_back)
        with pytest.raises(UnknownBatch):
            reconcile(batch_id=0)

    def test_by_command(self, desk: Desk, log: Path) -> None:
        batch = str(desk.bring(LOG, log).batch)

        as_json = CliRunner().invoke(import_, ["reconcile", batch, "--json"])
        in_words = CliRunner().invoke(import_, ["reconcile", batch, "--lang", "ja"])
        unknown = CliRunner().invoke(import_, ["reconcile", "0"])

        assert json.loads(as_json.output)["unexplained"] == 0
        assert "定義の違い: 1" in in_words.output
        assert unknown.exit_code == 2


LATER = datetime(2026, 11, 21, 3, tzinfo=UTC)


def _is(entry: object, name: str) -> bool:
    return bool(getattr(entry, "metric").name == name)  # noqa: B009


@pytest.mark.end_to_end
class TestPages:
    def test_the_page_leads_to_the_cases_behind(self, cast: Cast, log: Path) -> None:
        batch = Desk(cast.workspace.id).bring(LOG, log, simulated=False).batch
        client = cast.agent.client()
        address = f"/w/tanuki/imports/{batch}/reconciliation/"

        page = client.get(address).content.decode()
        behind = client.get(f"{address}?metric=reassignment_count&reason=definition")
        case = client.get(f"{address}INC-1/")

        said = html.unescape(words(page)).replace("\u00a0", " ")
        assert "2 of the source's 4 figures are ours too (50.0 %)." in said
        assert "Each of the other 2 has its reason." in said
        assert "reason=definition#behind" in page
        assert f"{address}INC-1/" in behind.content.decode()
        assert "Of 2 figures 1 differs from ours." in words(case.content.decode())
        assert client.get(f"{address}INC-9/").status_code == 404
        differing = f"{address}?metric=reassignment_count&reason=definition"
        assert column(client, f"{differing}&sort=-case", "case") == ["INC-1"]
        assert column(client, f"{differing}&q=inc-2", "case") == []

    @pytest.mark.django_db(transaction=True)
    def test_a_step_taken_meanwhile_is_seen_at_the_next_view(self, cast: Cast, log: Path) -> None:
        from shinrai.ledger.operations.step_encoding import NewStep
        from shinrai.ledger.operations.steps import append_steps
        from shinrai.ledger.queries import cases_by_key

        batch = Desk(cast.workspace.id).bring(LOG, log, simulated=False).batch
        client = cast.agent.client()
        address = f"/w/tanuki/imports/{batch}/reconciliation/"
        before = words(client.get(address).content.decode())
        [head] = cases_by_key(
            workspace_id=cast.workspace.id, record="inquiry", source="servicenow", keys=["INC-1"]
        ).values()
        step = NewStep(case_id=head.id, at=LATER, kind="reopened", by="staff:1", role="agent")

        append_steps(workspace_id=cast.workspace.id, steps=[step], count=1, recorded_at=LATER)

        after = words(client.get(address).content.decode())
        assert "no reason we could find" not in before
        assert "1 of the other 3 has no reason we could find." in after

    def test_only_members_of_the_workspace_see_it(self, cast: Cast, log: Path) -> None:
        batch = Desk(cast.workspace.id).bring(LOG, log, simulated=False).batch
        address = f"/w/tanuki/imports/{batch}/reconciliation/"

        assert cast.stranger.client().get(address).status_code in (302, 403, 404)
        assert cast.nobody.client().get(address).status_code == 302
        assert cast.owner.client().get("/w/tanuki/imports/0/reconciliation/").status_code == 404


def words(page: str) -> str:
    return " ".join(strip_tags(page).split())


@pytest.mark.end_to_end
class TestTheRealLog:
    def test_every_difference_of_the_counters_has_its_reason(self, shared: Path) -> None:
        """By its own counters 202 incidents were reopened 243 times, and 8,784 never reassigned."""
        desk = open_desk(zone="UTC")
        folder = shared / "data" / "servicenow_incidents"
        log = folder / "incident_event_log_2016_03_04.csv.gz"
        batch = desk.bring("servicenow_incidents", log, at=LATER).batch
        assert batch is not None

        found = reconcile(batch_id=batch)

        told = {entry.metric.name: entry for entry in found.entries}
        reopens, moves = told["reopen_count"], told["reassignment_count"]
        assert found.unexplained == 0
        assert reopens.totals["source"] == {"cases": 202, "sum": 243, "max": 8}
        assert (reopens.equal, dict(reopens.reasons)) == (17_135, {"row_order": 1})
        assert [row.case for row in reopens.rows] == ["0000137"]
        assert moves.n - moves.totals["source"]["cases"] == 8_784
        assert moves.totals["source"]["max"] == 27
        assert moves.equal == 13_801
        assert dict(moves.reasons) == {"definition": 3_295, "missing_step": 40}
        assert told["made_sla"].not_comparable == 17_136
        assert waiting(desk) == (4_438, 4_198)


def waiting(desk: Desk) -> tuple[int, int]:
    """Count the incidents that waited, and those that waited on the user by their own word."""
    from shinrai.ledger.queries import all_standing

    lives = [
        [(step.detail["on"], step.detail.get("doubt")) for step in steps if step.kind == "waiting"]
        for _, steps in all_standing(workspace_id=desk.id, record="inquiry")
    ]
    on_user = [
        [on for on, doubt in waits if on == "customer" and doubt != "guessed_meaning"]
        for waits in lives
    ]
    return sum(map(bool, lives)), sum(map(bool, on_user))
