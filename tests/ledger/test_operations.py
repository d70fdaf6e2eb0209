"""The ledger in the database: batches, and what PostgreSQL itself refuses."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.ledger import queries
from shinrai.ledger.operations.batches import (
    BatchAlreadyWithdrawn,
    BatchNotComplete,
    begin_batch,
    complete_batch,
    withdraw_batch,
)
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps

MONDAY = datetime(2026, 6, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    return open_workspace(
        slug="michi", name="ミチノート", zone="Asia/Tokyo", simulated=True, at=MONDAY, by="test"
    )


def filed(workspace, batch_id=None, key="CRE-1"):
    [case_id] = record_cases(
        workspace_id=workspace.id, cases=[NewCase("investigation", "sheet", key)]
    )
    append_steps(
        workspace_id=workspace.id,
        steps=[NewStep(case_id, MONDAY, "filed", source_key="filed")],
        count=1,
        recorded_at=MONDAY,
        batch_id=batch_id,
    )
    return case_id


def begun(workspace):
    return begin_batch(
        workspace_id=workspace.id,
        source="sheet",
        mapping={},
        files=[{"name": "sheet.csv"}],
        fingerprint="f",
        at=MONDAY,
        by="staff:1",
    )


class TestBatches:
    def test_nothing_counts_before_the_batch_is_complete(self, workspace):
        batch_id = begun(workspace)
        case_id = filed(workspace, batch_id)

        assert queries.steps_of([case_id], workspace_id=workspace.id) == {}
        complete_batch(batch_id=batch_id, report={}, at=MONDAY)
        [step] = queries.steps_of([case_id], workspace_id=workspace.id)[case_id]
        assert step.kind == "filed"

    def test_a_withdrawn_batch_leaves_every_replay_and_stays_knowable(self, workspace):
        batch_id = begun(workspace)
        case_id = filed(workspace, batch_id)
        complete_batch(batch_id=batch_id, report={}, at=MONDAY)
        withdraw_batch(
            batch_id=batch_id, reason="wrong file", at=MONDAY + timedelta(days=2), by="staff:1"
        )

        ask = {"ids": [case_id], "workspace_id": workspace.id}
        assert queries.steps_of(**ask) == {}
        assert len(queries.steps_of(**ask, known=MONDAY + timedelta(days=1))[case_id]) == 1

    def test_it_is_taken_back_once(self, workspace):
        batch_id = begun(workspace)
        with pytest.raises(BatchNotComplete, match="resume"):
            withdraw_batch(batch_id=batch_id, reason="", at=MONDAY, by="x")
        complete_batch(batch_id=batch_id, report={}, at=MONDAY)
        withdraw_batch(batch_id=batch_id, reason="", at=MONDAY, by="x")
        with pytest.raises(BatchAlreadyWithdrawn):
            withdraw_batch(batch_id=batch_id, reason="", at=MONDAY, by="x")


class TestAppendOnly:
    @pytest.mark.parametrize(
        "statement",
        [
            "UPDATE ledger_step SET kind = 'answered'",
            "DELETE FROM ledger_step",
            "TRUNCATE ledger_step",
            "ALTER TABLE ledger_step DISABLE TRIGGER ALL",
            "UPDATE ledger_batch SET by = 'nobody'",
            "DELETE FROM ledger_batchwithdrawal",
        ],
    )
    def test_the_application_cannot_change_what_happened(self, workspace, statement):
        filed(workspace)

        with (
            pytest.raises((ProgrammingError, InternalError), match=r"permission|owner"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


class TestOfACase:
    """PostgreSQL looks up the cases of all rows of a statement together, and still every one."""

    def test_a_step_of_no_case_is_refused_with_all_that_came_with_it(self, workspace):
        case_id = filed(workspace)
        steps = [NewStep(number, MONDAY, "note") for number in (case_id, case_id + 9)]

        with pytest.raises(IntegrityError, match=f"no case {case_id + 9}"), transaction.atomic():
            append_steps(workspace_id=workspace.id, steps=steps, count=2, recorded_at=MONDAY)

        [step] = queries.steps_of([case_id], workspace_id=workspace.id)[case_id]
        assert step.kind == "filed"

    @pytest.mark.parametrize(
        "statement",
        ["DELETE FROM ledger_case WHERE id = %s", "UPDATE ledger_case SET id = -1 WHERE id = %s"],
    )
    def test_a_case_with_steps_stays(self, workspace, statement):
        case_id = filed(workspace)

        with (
            pytest.raises(IntegrityError, match=f"case {case_id} is still named by ledger_step"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [case_id])

    def test_a_case_without_steps_may_go(self, workspace):
        [case_id] = record_cases(
            workspace_id=workspace.id, cases=[NewCase("investigation", "sheet", "CRE-9")]
        )

        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM ledger_case WHERE id = %s", [case_id])
            assert cursor.rowcount == 1
