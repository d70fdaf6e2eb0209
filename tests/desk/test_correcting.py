"""A wrong step is corrected from the inquiry's page, and its clocks go by it at once."""

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations import take_step
from shinrai.inquiries.queries import inquiry
from shinrai.ledger.models import Step
from shinrai.objectives.models import Clock
from shinrai.objectives.operations.saving import save_objective
from shinrai.quality.rules.facts import inquiry_facts
from tests.cast import Cast
from tests.desk.stage import OFFICE, promise, tokyo
from tests.desk.test_topics import HERE, case, desk, read, send

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.house]
REPLY = promise("reply", clock="first_reply", within={"business_days": "1", "by": "close"})


@pytest.fixture
def answered(desk: Cast) -> Cast:
    """鈴木 answers Q-1 of 8 June at 10:00 with a word the rule takes for thanks."""
    from shinrai.calendars.operations import save_calendar

    there = desk.workspace.id
    save_calendar(workspace_id=there, name="office", document=OFFICE, at=tokyo(1, 9), by="test")
    save_objective(workspace_id=there, document=REPLY, at=tokyo(1, 9), by="test")
    take_step(
        case_id=case(desk), kind="outbound", at=tokyo(8, 10), by=desk.agent.member.key,
        role="agent", words="了解しました",
    )  # fmt: skip
    return desk


def step_of(desk: Cast, kind: str) -> Step:
    return Step.objects.filter(case_id=case(desk), kind=kind).latest("id")


def correct(desk: Cast, step: int, what: str, value: str, part: str = "agent"):
    address = f"{HERE}cases/{case(desk)}/corrections/"
    return send(desk, part, address, step=str(step), what=what, value=value, why="rule_wrong")


def reply_clock(desk: Cast) -> Clock:
    return Clock.objects.filter(case_id=case(desk)).latest("id")


def test_the_clock_stops_where_the_reply_counts_after_all(answered: Cast) -> None:
    assert reply_clock(answered).stopped_at is None

    correct(answered, step_of(answered, "outbound").pk, "substantive", "yes")

    assert reply_clock(answered).stopped_at == tokyo(8, 10)
    record = inquiry(workspace_id=answered.workspace.id, source_key="Q-1")
    said = inquiry_facts(record.steps, record.state).messages
    assert (said.outbound, said.thanks, said.overridden) == (1, 0, 1)


def test_nothing_is_deleted_and_the_audit_knows_who(answered: Cast) -> None:
    wrong = step_of(answered, "outbound")

    correct(answered, wrong.pk, "substantive", "yes")

    mended = step_of(answered, "corrected")
    assert (mended.corrects, mended.words_id, mended.by) == (wrong.pk, wrong.words_id, wrong.by)
    assert mended.detail["corrected_by"] == answered.agent.member.key
    assert Step.objects.filter(pk=wrong.pk).exists()
    entry = AuditEntry.objects.get(what="step corrected")
    assert (entry.by, entry.reason) == (answered.agent.member.key, "rule_wrong")
    page = read(answered, "agent", f"{HERE}inquiries/Q-1/", "ja")
    assert "訂正済み" in page
    assert "了解しました" in page


def test_a_wrong_label_becomes_the_correctors(answered: Cast) -> None:
    send(answered, "agent", f"{HERE}cases/{case(answered)}/labels/", topic="login")

    correct(answered, step_of(answered, "labelled").pk, "topic", "billing", part="engineer")

    record = inquiry(workspace_id=answered.workspace.id, source_key="Q-1")
    assert inquiry_facts(record.steps, record.state).topic == "billing"


def test_what_cannot_be_is_said_on_the_page(answered: Cast) -> None:
    correct(answered, step_of(answered, "outbound").pk, "substantive", "no")

    assert not Step.objects.filter(kind="corrected").exists()


def test_strangers_and_visitors_correct_nothing(answered: Cast) -> None:
    step = step_of(answered, "outbound").pk

    for part, status in (("stranger", 404), ("guardian", 404), ("nobody", 403)):
        assert correct(answered, step, "substantive", "yes", part=part).status_code == status
    assert not Step.objects.filter(kind="corrected").exists()
