"""Following the ledger: which cases changed, by the transactions that changed them."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from shinrai.books.following import decided_upto
from shinrai.ledger import operations as ledger
from shinrai.ledger.facts import changed_cases, investigations_under
from tests.ledger.test_operations import MONDAY, begun, filed, workspace  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


def changed(since):
    with transaction.atomic():
        return [case.id for case in changed_cases(since=since, upto=decided_upto())]


def test_a_step_by_a_person_changes_its_case_and_once(workspace):  # noqa: F811
    first = filed(workspace, key="CRE-1")
    since = decided_upto()
    second = filed(workspace, key="CRE-2")
    filed_again = ledger.NewStep(second, MONDAY, "note")
    ledger.append_steps(workspace_id=workspace.id, steps=[filed_again], count=1, recorded_at=MONDAY)

    assert changed(since) == [second]
    assert changed(0) == [first, second]
    assert changed(decided_upto()) == []


def test_steps_of_an_import_change_their_cases_when_it_counts_and_when_it_ends(workspace):  # noqa: F811
    batch_id = begun(workspace)
    case_id = filed(workspace, batch_id)
    assert changed(0) == []

    before = decided_upto()
    ledger.complete_batch(batch_id=batch_id, report={}, at=MONDAY)
    assert changed(before) == [case_id]

    before = decided_upto()
    ledger.withdraw_batch(batch_id=batch_id, reason="wrong file", at=MONDAY, by="staff:1")
    assert changed(before) == [case_id]


def test_a_case_names_its_workspace_record_and_inquiry(workspace):  # noqa: F811
    [inquiry] = ledger.record_cases(
        workspace_id=workspace.id, cases=[ledger.NewCase("inquiry", "desk", "T-1")]
    )
    [below] = ledger.record_cases(
        workspace_id=workspace.id,
        cases=[ledger.NewCase("investigation", "desk", "C-1", parent_id=inquiry)],
    )
    step = ledger.NewStep(below, datetime(2026, 6, 1, tzinfo=UTC), "filed")
    ledger.append_steps(workspace_id=workspace.id, steps=[step], count=1, recorded_at=MONDAY)

    with transaction.atomic():
        [case] = changed_cases(since=0, upto=decided_upto())

    assert case == (workspace.id, "investigation", below, inquiry)
    assert investigations_under([inquiry]) == {inquiry: [below]}
