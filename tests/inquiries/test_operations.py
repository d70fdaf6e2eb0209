"""Operations on inquiries: a thread of mails, and two mails about one matter."""

from datetime import UTC, datetime, timedelta

import pytest

from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.inquiries import operations, queries
from shinrai.ledger.rules.refusals import StepRefused

MONDAY = datetime(2026, 6, 1, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def workspace():
    return open_workspace(
        slug="michi", name="ミチ", zone="Asia/Tokyo", simulated=True, at=MONDAY, by="test"
    )


def received(workspace, key, hours):
    return operations.receive_inquiry(
        workspace_id=workspace.id,
        source_key=key,
        at=MONDAY + timedelta(hours=hours),
        by="customer:1",
        words="ログインできません",
        channel="mail",
    )


def test_thanks_are_no_reason_to_answer_again(workspace):
    case_id = received(workspace, "Q-1", 0)
    for hours, kind, words in (
        (2, "outbound", "パスワードの再設定をお試しください。手順は次のとおりです。"),
        (3, "inbound", "ありがとうございました！"),
    ):
        operations.take_step(
            case_id=case_id,
            kind=kind,
            at=MONDAY + timedelta(hours=hours),
            by="staff:1",
            role="agent",
            words=words,
        )

    state = queries.inquiry(workspace_id=workspace.id, source_key="Q-1").state
    assert [message.substantive for message in state.messages] == [True, False]


def test_a_merged_mail_lives_on_in_its_target_from_the_earlier_receipt(workspace):
    first, second = received(workspace, "Q-1", 0), received(workspace, "Q-2", 5)

    operations.merge_inquiry(
        case_id=first, into=second, at=MONDAY + timedelta(hours=6), by="staff:1", role="agent"
    )

    merged = queries.inquiry(workspace_id=workspace.id, source_key="Q-1").state
    target = queries.inquiry(workspace_id=workspace.id, source_key="Q-2").state
    assert (merged.phase, merged.cancelled_for) == ("cancelled", "merged")
    assert target.received_at == MONDAY
    assert not target.flags


def test_a_matter_is_not_merged_into_itself(workspace):
    case_id = received(workspace, "Q-1", 0)

    with pytest.raises(StepRefused, match="itself"):
        operations.merge_inquiry(case_id=case_id, into=case_id, at=MONDAY, by="x", role="agent")
