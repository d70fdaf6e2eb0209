"""Suggested topics at Tanuki's desk: learnt, switched on, accepted, turned off again."""

import json
import random
from datetime import timedelta

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.accounts.models import AuditEntry
from shinrai.desk.commands.topics import group
from shinrai.desk.operations import topic_training
from shinrai.desk.operations.labels import label_inquiry
from shinrai.desk.operations.open_cases import follow_open_cases
from shinrai.desk.operations.topic_training import suggest_topics, train_topics
from shinrai.desk.queries.suggestion import suggestion_for
from shinrai.inquiries.operations import receive_inquiry
from shinrai.topics.models import TopicSuggestion, TopicSwitch
from shinrai.topics.operations.codebook import define_topic
from shinrai.topics.operations.suggesters import load_text_model, model_path, turn_switch
from shinrai.topics.queries import switches, word_rules
from shinrai.topics.rules.switches import SwitchRefused
from shinrai.topics.rules.text_model import BadExamples
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.desk.test_pages import shown

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
HERE = "/w/tanuki/"
SAID = {
    "login": "{}パスワードを入れてもログインできません",
    "billing": "{}の請求書が二重に届きました",
}
WHEN = ("今日", "昨日", "先週", "夏休み前", "テスト前", "夜中", "今朝", "おととい")


@pytest.fixture
def desk(cast: Cast, settings, tmp_path) -> Cast:
    """Two topics whose gate people reached; 700 inquiries of May with labels."""
    settings.SHINRAI_HOME = tmp_path
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    for key, ja in (("login", "ログイン"), ("billing", "請求")):
        define_topic(
            workspace_id=cast.workspace.id, key=key, name_ja=ja, gate="0.8", at=tokyo(1, 9), by="t"
        )
    return cast


@pytest.fixture
def learnt(desk: Cast, monkeypatch) -> Cast:
    chance = random.Random(0)
    cases = [
        topic_training.ReadCase(
            n, tokyo(1, 9) + timedelta(hours=12 * n),
            f"{SAID[topic].format(chance.choice(WHEN))} {'！' * (n % 4)}{chance.choice(WHEN)}から",
            {"screen": "pay"} if topic == "billing" and n % 3 else {}, topic, True,
        )
        for n, topic in enumerate(("login", "billing") * 350)
    ]  # fmt: skip
    read = topic_training.read_cases
    monkeypatch.setattr(topic_training, "read_cases", lambda *a, **k: cases)
    monkeypatch.setattr(
        topic_training, "_agreement", lambda *a: {"login": "above", "billing": "below"}
    )
    train_topics(workspace=desk.workspace, at=tokyo(8, 3), by="worker")
    monkeypatch.setattr(topic_training, "read_cases", read)
    return desk


def receive(desk: Cast, key: str, words: str) -> int:
    found = receive_inquiry(
        workspace_id=desk.workspace.id, source_key=key, at=tokyo(8, 9), by="customer:1", words=words
    )
    follow_open_cases()
    return found


def send(desk: Cast, part: str, address: str, **given: str):
    with time_machine.travel(tokyo(9, 14), tick=False):
        return desk.everybody[part].client().post(address, given)


def read(desk: Cast, part: str, address: str, language: str = "en") -> str:
    with time_machine.travel(tokyo(9, 15), tick=False):
        return shown(desk.everybody[part].client(), address, language)


def state(desk: Cast, topic: str):
    found = switches(workspace_id=desk.workspace.id, at=tokyo(9, 15))
    return next(one for one in found if one.topic == topic)


class TestSwitch:
    def test_nothing_is_suggested_before_a_person_switches_it_on(self, learnt: Cast) -> None:
        receive(learnt, "Q-1", "昨日からパスワードを入れてもログインできません")

        assert suggest_topics(workspace=learnt.workspace, at=tokyo(8, 10)) == 0
        assert state(learnt, "login").may_open

    def test_where_people_disagree_it_cannot_be_switched_on(self, learnt: Cast) -> None:
        send(learnt, "owner", f"{HERE}topics/switches/", topic="billing")

        assert not TopicSwitch.objects.exists()
        with pytest.raises(SwitchRefused, match="people do not agree enough"):
            turn_switch(
                workspace_id=learnt.workspace.id,
                state=state(learnt, "billing"),
                at=tokyo(9, 14),
                by="t",
            )

    def test_a_suggestion_is_accepted_by_one_button_with_its_reason(self, learnt: Cast) -> None:
        case_id = receive(learnt, "Q-1", "昨日からパスワードを入れてもログインできません")
        send(learnt, "owner", f"{HERE}topics/switches/", topic="login")
        assert suggest_topics(workspace=learnt.workspace, at=tokyo(9, 14)) == 1

        page = read(learnt, "agent", f"{HERE}inquiries/Q-1/", "ja")
        assert 'accesskey="s"' in page
        found = suggestion_for(case_id=case_id, workspace_id=learnt.workspace.id)
        assert found is not None
        assert set(found.words) & {"パスワード", "ログイン"}

        send(learnt, "agent", f"{HERE}cases/{case_id}/labels/", topic="login")

        assert suggestion_for(case_id=case_id, workspace_id=learnt.workspace.id) is None
        assert (state(learnt, "login").shown, state(learnt, "login").overridden) == (1, 0)
        assert AuditEntry.objects.filter(what="topic suggestions switched").exists()

    def test_it_turns_itself_off_when_people_change_what_it_says(self, learnt: Cast) -> None:
        send(learnt, "owner", f"{HERE}topics/switches/", topic="login")
        for n in range(12):
            receive(learnt, f"Q-{n}", f"{WHEN[n % 8]}からパスワードを入れてもログインできません")
        suggest_topics(workspace=learnt.workspace, at=tokyo(9, 14, 30))
        ids = list(TopicSuggestion.objects.values_list("case_id", flat=True))
        assert len(ids) == 12

        for case_id in ids:
            label_inquiry(
                case_id=case_id, topic="billing", at=tokyo(9, 15), by="staff:1", role="agent"
            )

        assert not state(learnt, "login").is_on
        assert "turned itself off" in read(learnt, "owner", f"{HERE}topics/suggestions/")

    def test_the_file_holds_numbers_and_names_of_topics_alone(self, learnt: Cast) -> None:
        model = load_text_model(learnt.workspace.id)

        assert model is not None
        assert set(model.topics) == {"login", "billing"}
        assert "パスワード".encode() not in model_path(learnt.workspace.id).read_bytes()


class TestRules:
    def test_a_rule_is_tried_kept_and_suggests(self, desk: Cast) -> None:
        receive(desk, "Q-1", "領収書がほしい")
        rule = {"topic": "billing", "any": "領収書、請求"}

        answer = send(desk, "owner", f"{HERE}topics/rules/", deed="try", **rule)
        assert b"Q-1" in answer.content
        assert not word_rules(workspace_id=desk.workspace.id)

        send(desk, "owner", f"{HERE}topics/rules/", deed="keep", **rule)

        assert suggest_topics(workspace=desk.workspace, at=tokyo(9, 14)) == 1
        assert word_rules(workspace_id=desk.workspace.id)[0].any == ("領収書", "請求")

    def test_one_that_holds_for_everything_keeps_what_was_typed(self, desk: Cast) -> None:
        for n in range(20):
            receive(desk, f"Q-{n}", "お世話になっております")

        answer = send(desk, "owner", f"{HERE}topics/rules/", topic="login", any="世話")

        assert answer.status_code == 422
        assert 'value="世話"' in answer.content.decode()

    def test_others_may_not_write_rules(self, desk: Cast) -> None:
        answer = send(desk, "stranger", f"{HERE}topics/rules/", topic="login", any="世話")

        assert answer.status_code in (403, 404)
        assert not word_rules(workspace_id=desk.workspace.id)


def test_training_without_labels_says_so(desk: Cast) -> None:
    with pytest.raises(BadExamples):
        train_topics(workspace=desk.workspace, at=tokyo(8, 3), by="worker")

    answer = CliRunner().invoke(group, ["suggest", "--workspace", "tanuki", "--json"])
    assert json.loads(answer.stdout)["suggested"] == 0
