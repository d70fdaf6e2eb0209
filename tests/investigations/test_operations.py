"""A person's steps: what fits is kept, what does not is refused with what would be possible."""

from datetime import UTC, datetime, timedelta

import pytest

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.investigations import operations, queries
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.privacy.models import SealedWords
from shinrai.privacy.operations import erase_person, read_words

MONDAY = datetime(2026, 6, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def case_id():
    workspace = open_workspace(
        slug="michi", name="ミチノート", zone="Asia/Tokyo", simulated=True, at=MONDAY, by="test"
    )
    return operations.file_investigation(
        workspace_id=workspace.id,
        source_key="CRE-1",
        at=MONDAY,
        by="staff:sato",
        words="花子さんの連続記録が消えた",
    )


def found(case_id):
    from shinrai.ledger.models import Case

    workspace_id = Case.objects.get(pk=case_id).workspace_id
    return queries.investigation(workspace_id=workspace_id, source_key="CRE-1")


def test_filed_answered_reopened(case_id):
    for hours, kind in ((2, "assigned"), (5, "answered"), (30, "reopened")):
        operations.take_step(
            case_id=case_id,
            kind=kind,
            at=MONDAY + timedelta(hours=hours),
            by="staff:mori",
            role="engineer",
        )

    state = found(case_id).state
    assert [r.stopped_at for r in state.rounds] == [MONDAY + timedelta(hours=5), None]


def test_an_illegal_step_is_refused_with_what_is_possible(case_id):
    with pytest.raises(StepRefused, match=r"resubmitted cannot follow while it is open; possible"):
        operations.take_step(
            case_id=case_id, kind="resubmitted", at=MONDAY, by="staff:sato", role="agent"
        )


def test_words_lie_apart_and_go_for_good(case_id):
    record = found(case_id)
    words_id = record.steps[0].words_id

    assert read_words([words_id]) == {words_id: "花子さんの連続記録が消えた"}
    assert "花子" not in bytes(SealedWords.objects.get(pk=words_id).sealed).decode("latin-1")
    erase_person(
        workspace_id=record.head.workspace_id,
        key_id=record.head.key_id,
        source_keys=[("case", "shinrai", "CRE-1")],
        at=MONDAY,
    )
    assert read_words([words_id]) == {}
    assert found(case_id).state.phase == "open"
