"""A wrong step is corrected from the inquiry's page, and its clocks go by it at once."""

import json

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.models import AuditEntry
from shinrai.desk.commands.inquiries import group
from shinrai.desk.operations.steps import take_step
from shinrai.inquiries.queries import inquiry
from shinrai.ledger.models import Step
from shinrai.objectives.models import Clock
from shinrai.objectives.operations.saving import save_objective
from shinrai.quality.rules.facts import inquiry_facts
from tests.cast import Cast
from tests.desk.stage import OFFICE, promise, tokyo
from tests.desk.test_topics import HERE, case, desk, read, send

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
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


class TestCommand:
    """The same corrections, for whoever goes through many by command."""

    def asked(self, *words: str, fails: int = 0):
        with time_machine.travel(tokyo(9, 14), tick=False):
            done = CliRunner().invoke(group, [*words, "-w", "tanuki", "--json", "--lang", "en"])
        assert done.exit_code == fails, done.output
        return done.stderr if fails else json.loads(done.stdout)

    def test_steps_are_listed_with_what_they_say_and_without_words(self, answered: Cast) -> None:
        found = self.asked("steps", "Q-1")["steps"]

        assert [(step["kind"], step["substantive"], step["corrected"]) for step in found] == [
            ("outbound", False, False)
        ]
        assert "了解" not in json.dumps(found, ensure_ascii=False)

    @pytest.mark.parametrize(("language", "said"), [("en", "mere thanks"), ("ja", "お礼のみ")])
    def test_they_are_listed_in_words(self, answered: Cast, language: str, said: str) -> None:
        words = ["steps", "Q-1", "-w", "tanuki", "--lang", language]

        assert said in CliRunner().invoke(group, words).stdout

    def test_a_mark_is_corrected_and_the_clock_follows(self, answered: Cast) -> None:
        wrong = step_of(answered, "outbound").pk
        words = ("--substantive", "yes", "--why", "rule_wrong", "--by", "suzuki@tanuki.example")

        self.asked("correct", "Q-1", str(wrong), *words)

        assert reply_clock(answered).stopped_at == tokyo(8, 10)
        assert AuditEntry.objects.get(what="step corrected").by == answered.agent.member.key
        [step] = self.asked("steps", "Q-1")["steps"]
        assert (step["substantive"], step["corrected"]) == (True, True)

    def test_a_label_and_a_wait_are_corrected_too(self, answered: Cast) -> None:
        send(answered, "agent", f"{HERE}cases/{case(answered)}/labels/", topic="login")
        label = step_of(answered, "labelled").pk

        self.asked("correct", "Q-1", str(label), "--topic", "billing", "--why", "slip")

        said = [step for step in self.asked("steps", "Q-1")["steps"] if step["kind"] == "labelled"]
        assert [(step["topic"], step["corrected"]) for step in said] == [("billing", True)]

    def test_one_thing_is_said(self, answered: Cast) -> None:
        wrong = str(step_of(answered, "outbound").pk)

        neither = self.asked("correct", "Q-1", wrong, "--why", "slip", fails=2)
        both = self.asked(
            "correct", "Q-1", wrong, "--substantive", "yes", "--gone", "--why", "slip", fails=2
        )

        assert "say one thing" in neither
        assert "--substantive yes|no" in both

    def test_what_cannot_be_is_refused(self, answered: Cast) -> None:
        wrong = str(step_of(answered, "outbound").pk)

        same = self.asked("correct", "Q-1", wrong, "--substantive", "no", "--why", "slip", fails=2)
        topic = self.asked("correct", "Q-1", wrong, "--topic", "sound", "--why", "slip", fails=2)
        gone = self.asked("correct", "Q-1", wrong, "--gone", "--why", "slip", fails=2)

        assert "nothing would be other" in same
        assert "no topic 'sound'" in topic
        assert "cannot be unsaid" in gone
        assert not Step.objects.filter(kind="corrected").exists()
