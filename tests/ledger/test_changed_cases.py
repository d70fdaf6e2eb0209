"""Following the ledger: which cases changed, by the transactions that changed them."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from shinrai.ledger.facts import changed_cases
from shinrai.ledger.operations.batches import complete_batch, withdraw_batch
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.ledger.queries import investigations_under
from shinrai.postgres.transactions import oldest_running_transaction
from tests.ledger.test_operations import MONDAY, begun, filed, workspace  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def changed(since):
    with transaction.atomic():
        return [case.id for case in changed_cases(since=since, upto=oldest_running_transaction())]


def test_a_step_by_a_person_changes_its_case_and_once(workspace):  # noqa: F811
    first = filed(workspace, key="CRE-1")
    since = oldest_running_transaction()
    second = filed(workspace, key="CRE-2")
    filed_again = NewStep(second, MONDAY, "note")
    append_steps(workspace_id=workspace.id, steps=[filed_again], count=1, recorded_at=MONDAY)

    assert changed(since) == [second]
    assert changed(0) == [first, second]
    assert changed(oldest_running_transaction()) == []


def test_steps_of_an_import_change_their_cases_when_it_counts_and_when_it_ends(workspace):  # noqa: F811
    batch_id = begun(workspace)
    case_id = filed(workspace, batch_id)
    assert changed(0) == []

    before = oldest_running_transaction()
    complete_batch(batch_id=batch_id, report={}, at=MONDAY)
    assert changed(before) == [case_id]

    before = oldest_running_transaction()
    withdraw_batch(batch_id=batch_id, reason="wrong file", at=MONDAY, by="staff:1")
    assert changed(before) == [case_id]


def test_a_case_names_its_workspace_record_and_inquiry(workspace):  # noqa: F811
    [inquiry] = record_cases(workspace_id=workspace.id, cases=[NewCase("inquiry", "desk", "T-1")])
    [below] = record_cases(
        workspace_id=workspace.id,
        cases=[NewCase("investigation", "desk", "C-1", parent_id=inquiry)],
    )
    step = NewStep(below, datetime(2026, 6, 1, tzinfo=UTC), "filed")
    append_steps(workspace_id=workspace.id, steps=[step], count=1, recorded_at=MONDAY)

    with transaction.atomic():
        [case] = changed_cases(since=0, upto=oldest_running_transaction())

    assert case == (workspace.id, "investigation", below, inquiry)
    assert investigations_under([inquiry]) == {inquiry: [below]}
