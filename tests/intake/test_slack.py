"""鈴木 (CS) files from Slack, 高橋 (CRE) sends back and answers: seen from Slack, which fails.

Tuesday 9 June 2026, 15:00 in Tokyo. An investigation is due within two business days.
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from slack_sdk.signature import SignatureVerifier

from shinrai.accounts.models import AuditEntry, User
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.rules.case_facts import KNOWN, AskedFact, CaseFact
from shinrai.intake.models import Connection, Receipt, Thread
from shinrai.intake.operations.connections import connect
from shinrai.intake.operations.receipts import handle_waiting
from shinrai.intake.operations.threads import tell_threads
from shinrai.intake.queries import receipts, untold_threads
from shinrai.intake.slack.replies import facts_said
from shinrai.intake.slack.words import plain
from shinrai.ledger.models import Case, Step
from shinrai.objectives.operations.saving import save_objective
from shinrai.postgres import failpoints
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk, promise, tokyo
from tests.intake.fake_slack import FakeSlack, fake_slack

pytestmark = pytest.mark.django_db
SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
FACTS = {"happened_at": 1_780_970_400, "steps_tried": "閉じて開いた", "screen": "図形の問題",
         "version": "4.2", "device": "iPad 9", "account": "A-17"}  # fmt: skip


@pytest.fixture
def slack(settings: Any) -> Iterator[FakeSlack]:
    cache.clear()
    with fake_slack() as found:
        settings.SHINRAI_SLACK_API = found.address
        found.add_person("U0SUZUKI", "Suzuki@tanuki.example")
        found.add_person("U0TANAKA", "tanaka@home.example")
        yield found


@dataclass
class House:
    """Tanuki Juku's desk and its connection to Slack."""

    cast: Cast
    slack: FakeSlack
    number: int
    at: datetime = NOW

    def send(self, body: str, kind: str = "application/json", **headers: str) -> Any:
        stamp = str(int(self.at.timestamp()))
        signed = SignatureVerifier(SECRET).generate_signature(timestamp=stamp, body=body) or ""
        sent = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signed} | headers
        token = Connection.objects.get(id=self.number).token
        with time_machine.travel(self.at, tick=False):
            return Client().post(f"/hooks/{token}/", body.encode(), content_type=kind, headers=sent)

    def form(self, **given: str) -> Any:
        return self.send(urlencode(given), "application/x-www-form-urlencoded")

    def interact(self, kind: str, user: str = "U0SUZUKI", **more: Any) -> Any:
        said = {"type": kind, "user": {"id": user}, "trigger_id": "1.2", **more}
        return self.form(payload=json.dumps(said | {"team": {"domain": "tanuki"}}))

    def submit(self, view: dict[str, Any], typed: dict[str, Any], number: str = "V1") -> Any:
        blocks = {one["block_id"]: one["element"] for one in view["blocks"] if "element" in one}
        values = {
            name: {"value": _filled(element, typed.get(name))} for name, element in blocks.items()
        }
        sent = view | {"id": number, "state": {"values": values}}
        return self.interact("view_submission", view=sent)

    def reply(self, text: str, event: str = "Ev1", root: str = "", **more: Any) -> Any:
        root = root or Thread.objects.latest("id").note_id
        channel, _, ts = root.partition(":")
        said = {"type": "message", "user": "U0SUZUKI", "text": text, "channel": channel}
        said |= {"thread_ts": ts, "ts": "1.9", **more}
        wrapped = {"type": "event_callback", "event_id": event, "event": said}
        return self.send(json.dumps(wrapped), **{"X-Slack-Retry-Num": "1"})

    def file(self, title: str = "画面が白い", **more: Any) -> int:
        """File by the shortcut, as 鈴木, an investigation of the kind without facts."""
        self.interact("shortcut")
        self.submit(
            self.slack.views[-1], {"kind": "other", "title": title, "question": "なぜ？"} | more
        )
        self.work()
        return Case.objects.latest("id").pk

    def work(self) -> None:
        handle_waiting(clock=lambda: self.at)
        tell_threads(clock=lambda: self.at)

    def act(self, case_id: int, action: str, **given: str) -> None:
        member = self.cast.engineer.member
        assert member
        act(ActionRequest(case_id, action, given, member, self.at))


def _filled(element: dict[str, Any], typed: Any) -> dict[str, Any]:
    if element["type"] == "static_select":
        return {"selected_option": {"value": typed}}
    if element["type"] == "datetimepicker":
        return {"selected_date_time": typed}
    return {"value": typed if typed is not None else element.get("initial_value")}


@pytest.fixture
def house(cast: Cast, slack: FakeSlack) -> House:
    open_desk(cast.workspace)
    return House(cast, slack, _connected(cast))


def _connected(cast: Cast, **more: str) -> int:
    given = {"bot_token": "xoxb-1", "signing_secret": SECRET, "channel": "C0CRE",
             "language": "ja", "free_text": "no"} | more  # fmt: skip
    return connect(
        workspace_id=cast.workspace.id,
        kind="slack",
        name="Slack",
        given=given,
        at=NOW,
        by="staff:1",
    )


def _filed() -> list[Case]:
    return list(Case.objects.filter(source_key__gt="INV-6").order_by("id"))


# --- filing ---------------------------------------------------------------------------------


def test_the_facts_of_the_kind_are_asked_for_and_what_is_sent_three_times_is_filed_once(
    house: House,
) -> None:
    house.interact("shortcut")
    [first] = house.slack.views
    typed = {"kind": "broken", "title": "画面が白い", "question": "なぜ？"}
    second = house.submit(first, typed).json()["view"]
    assert [one.get("block_id") for one in second["blocks"]][1:] == [
        *(f"fact:{name}" for name in FACTS), "title", "question", "inquiry"]  # fmt: skip

    given = {f"fact:{name}": value for name, value in FACTS.items()}
    refused = house.submit(second, given | {"fact:device": ""}).json()
    assert list(refused["errors"]) == ["fact:device"]
    assert Receipt.objects.count() == 0

    for _ in range(3):
        assert house.submit(second, given).content == b""
    house.at += timedelta(minutes=4)  # the worker was down
    house.work()
    house.work()

    [case] = _filed()
    step = Step.objects.get(case=case)
    assert (step.at, step.by) == (NOW, house.cast.agent.member.key)  # type: ignore[union-attr]
    assert step.detail["device"] == "iPad 9"
    [said] = house.slack.texts()
    assert said == (
        f"*<http://localhost:8000/w/tanuki/investigations/{case.source_key}/|{case.source_key}>* "
        "未解決（期限：6月11日（木）18:00）"
    )


def test_a_message_becomes_the_question_and_its_thread_is_told(house: House) -> None:
    house.interact(
        "message_action",
        channel={"id": "C0CS"},
        message={"ts": "1781.5", "text": "&lt;白い&gt; <https://a.example|画面> <@U1>"},
    )
    house.submit(house.slack.views[-1], {"kind": "other", "title": "白い"})
    house.work()

    [message] = house.slack.messages
    assert (message["channel"], message["thread_ts"]) == ("C0CS", "1781.5")
    page = house.cast.owner.client().get(f"/w/tanuki/investigations/{_filed()[0].source_key}/")
    assert "https://tanuki.slack.com/archives/C0CS/p17815" in page.content.decode()
    assert "&lt;白い&gt; 画面 (https://a.example)" in page.content.decode()


def test_where_the_app_may_not_write_the_case_is_told_in_its_own_channel(house: House) -> None:
    house.slack.closed.add("D0CS")
    message = {"ts": "1781.5", "text": "白い"}
    house.interact("message_action", channel={"id": "D0CS"}, message=message)
    house.submit(house.slack.views[-1], {"kind": "other", "title": "白い"})
    house.work()

    assert len(house.slack.texts("C0CRE")) == 1


def _closed(house: House) -> None:
    User.objects.filter(email="suzuki@tanuki.example").update(is_active=False)


def _of_another_company(house: House) -> None:
    house.slack.add_person("U0SUZUKI", "suzuki@tanuki.example", team_id="T0OTHER")


def _unconfirmed(house: House) -> None:
    house.slack.add_person("U0SUZUKI", "suzuki@tanuki.example", is_email_confirmed=False)


def _of_a_guardian(house: House) -> None:
    house.slack.add_person("U0SUZUKI", "tanaka@home.example")


@pytest.mark.parametrize("change", [_closed, _of_another_company, _unconfirmed, _of_a_guardian])
def test_who_is_no_member_is_refused_wherever_they_ask(
    house: House, change: Callable[[House], None]
) -> None:
    house.interact("shortcut")
    change(house)

    house.interact("shortcut")
    assert "submit" not in house.slack.views[-1]
    typed = {"kind": "other", "title": "白い", "question": "なぜ？"}
    assert list(house.submit(house.slack.views[0], typed).json()["errors"]) == ["title"]
    assert (
        "INV" not in house.form(command="/shinrai", text="due", user_id="U0SUZUKI").json()["text"]
    )
    assert Receipt.objects.count() == 0


def test_a_member_whose_account_is_closed_before_the_worker_comes_files_nothing(
    house: House,
) -> None:
    house.interact("shortcut")
    house.submit(house.slack.views[0], {"kind": "other", "title": "白い", "question": "なぜ？"})
    _closed(house)
    house.work()

    assert _filed() == []
    [row] = receipts(workspace_id=house.cast.workspace.id)
    assert row.state == "ignored"


# --- the thread -----------------------------------------------------------------------------


def test_the_thread_mirrors_each_step_once_and_a_reply_resubmits(house: House) -> None:
    case_id = house.file()
    house.act(case_id, "acknowledge")
    house.work()
    house.act(case_id, "send_back", missing="device\nversion")
    house.work()
    house.work()
    head, taken, asked = house.slack.texts()
    assert "差し戻し" in head
    assert "不足している情報：端末、バージョン" in head
    assert taken.startswith("着手")
    assert asked.startswith("<@U0SUZUKI> 差し戻し")
    assert "端末: …\nバージョン: …" in asked

    house.reply("ちょっと見ます", "Ev0")
    assert "端末" in house.slack.hints[-1]["text"]
    house.at = tokyo(11, 11)
    for _ in range(3):
        assert house.reply("端末： iPad\nバージョン: 4.2 &amp; 4.3").status_code == 200
        house.work()

    [step] = Step.objects.filter(case_id=case_id, kind="resubmitted")
    assert step.detail == {"device": "iPad", "version": "4.2 & 4.3"}
    assert step.by == house.cast.agent.member.key  # type: ignore[union-attr]
    assert house.slack.texts()[3:] == ["再提出\n期限は6月12日（金）18:00です。"]
    assert len(house.slack.hints) == 1


def test_a_due_moment_that_moved_is_told_once(house: House) -> None:
    waits = promise(pauses=["sent_back", "customer"])
    save_objective(
        workspace_id=house.cast.workspace.id, document=waits, at=NOW - timedelta(hours=1), by="test"
    )
    case_id = house.file()
    house.act(case_id, "wait", on="customer")
    house.work()
    house.at = tokyo(11, 11)
    house.act(case_id, "resume")
    house.work()
    house.work()

    assert house.slack.texts()[1:] == ["期限は6月12日（金）18:00です。"]


def test_a_reply_while_nothing_is_asked_for_does_nothing_but_hint_once(house: House) -> None:
    case_id = house.file()
    for event in ("Ev1", "Ev1", "Ev2"):
        house.reply("ありがとう", event)
    house.work()

    assert Step.objects.filter(case_id=case_id).count() == 1
    assert len(house.slack.hints) == 1


def test_in_the_thread_of_somebody_else_only_a_named_fact_counts(house: House) -> None:
    message = {"ts": "1781.5", "text": "白い"}
    house.interact("message_action", channel={"id": "C0CS"}, message=message)
    house.submit(house.slack.views[-1], {"kind": "other", "title": "白い"})
    house.work()
    case_id = _filed()[0].pk
    house.act(case_id, "send_back", missing="device")

    house.reply("いま聞いています", "Ev1", "C0CS:1781.5")
    house.work()
    assert not Step.objects.filter(case_id=case_id, kind="resubmitted").exists()
    assert house.slack.hints == []

    house.reply("端末: iPad", "Ev2", "C0CS:1781.5")
    house.work()
    assert Step.objects.filter(case_id=case_id, kind="resubmitted").exists()


def test_an_event_that_comes_after_what_followed_it_does_nothing(house: House) -> None:
    """The second reply overtakes the first."""
    case_id = house.file()
    house.act(case_id, "send_back", missing="device")
    house.work()
    house.reply("iPad 10", "Ev2", ts="1.8")
    house.reply("iPad", "Ev1", ts="1.7")
    house.work()
    house.reply("iPad", "Ev1", ts="1.7")
    house.work()

    [step] = Step.objects.filter(case_id=case_id, kind="resubmitted")
    assert step.detail == {"device": "iPad 10"}
    assert sorted(one.state for one in receipts(workspace_id=house.cast.workspace.id)) == [
        "done", "done", "ignored"]  # fmt: skip


@pytest.mark.parametrize("failure", ["429", "500", "cut"])
@pytest.mark.parametrize(
    "method", ["chat.postMessage", "chat.update", "conversations.history", "conversations.replies"]
)
def test_whatever_fails_each_thing_is_said_once(house: House, method: str, failure: str) -> None:
    house.slack.fails[method] = [failure] * 2
    case_id = house.file()
    for action in ("acknowledge", "send_back"):
        house.act(case_id, action, missing="device")
        for _ in range(4):
            house.at += timedelta(minutes=15)
            house.work()

    head, taken, back = house.slack.texts()
    assert "差し戻し" in head
    assert taken.startswith("着手")
    assert "差し戻し" in back


def test_slack_is_given_the_time_it_asks_for(house: House) -> None:
    house.slack.fails["chat.postMessage"] = ["429"]
    house.file()

    assert Thread.objects.get().due_at == NOW + timedelta(seconds=77)


def test_what_slack_refuses_stands_as_given_up(house: House) -> None:
    house.slack.fails["chat.postMessage"] = ["account_inactive"]
    house.file()

    [(thread, _record, _key)] = untold_threads(workspace_id=house.cast.workspace.id)
    assert thread.is_given_up
    assert "account_inactive" in thread.error


def test_a_message_that_somebody_deleted_is_written_anew(house: House) -> None:
    case_id = house.file()
    house.slack.messages.clear()
    house.act(case_id, "acknowledge")
    house.work()

    assert len(house.slack.texts()) == 2


class Killed(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("point", ["intake.handled", "intake.told"])
def test_after_a_kill_there_is_one_case_and_one_message(
    house: House, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    def come_to(now: str) -> None:
        if now == point:
            raise Killed

    monkeypatch.setattr(failpoints, "_listeners", [come_to])
    with pytest.raises(Killed):
        house.file()
    monkeypatch.setattr(failpoints, "_listeners", [])
    house.work()

    assert len(_filed()) == len(house.slack.texts()) == 1


# --- words ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("free_text", "is_said"), [("no", False), ("yes", True)])
def test_words_go_to_slack_only_if_the_workspace_allows_it_and_mention_nobody(
    cast: Cast, slack: FakeSlack, free_text: str, is_said: bool
) -> None:
    open_desk(cast.workspace)
    house = House(cast, slack, _connected(cast, free_text=free_text))
    case_id = house.file("ハルトさんの画面が白い <!channel>")
    plain_words = "<!channel> 直しました & yui@example.jp へ"
    house.act(case_id, "answer", verdict="defect", technical="秘密の原因", plain=plain_words)
    house.work()

    said = "\n".join(slack.texts())
    assert "白い" not in said
    assert "秘密" not in said
    assert "yui@" not in said
    assert "<!" not in said
    assert ("&lt;!channel&gt; 直しました &amp; " in said) is is_said
    assert "判定：不具合" in said
    views = AuditEntry.objects.filter(what="words of a case", by=f"connection:{house.number}")
    assert views.exists() is is_said


def test_a_message_of_slack_is_read_as_plain_text() -> None:
    said = "<https://a.example|a> <https://b.example> <@U1> <!here> <#C1|cs> 1 &lt; 2 &amp;amp; \0"
    assert plain(said) == "a (https://a.example) https://b.example @U1 !here cs 1 < 2 &amp; "


@pytest.mark.parametrize(
    ("text", "is_free", "said"),
    [
        ("iPad\n4.2", True, {"device": "iPad", "version": "4.2"}),
        ("iPad\n4.2", False, {}),
        ("端末：iPad 9\nversion: 4.2: beta", False, {"device": "iPad 9", "version": "4.2: beta"}),
        ("*Device*: iPad\nand a pen", False, {"device": "iPad\nand a pen"}),
        ("https://a.example", True, {}),
        ("", True, {}),
    ],
)
def test_facts_are_read_from_lines(text: str, is_free: bool, said: dict[str, str]) -> None:
    asked = [AskedFact(KNOWN["device"]), AskedFact(KNOWN["version"])]

    assert facts_said(text, asked, is_free=is_free) == said


def test_the_one_fact_asked_for_is_the_whole_reply() -> None:
    asked = [AskedFact(CaseFact("error code", "error code"))]

    assert facts_said("E-1\nE-2", asked, is_free=True) == {"error code": "E-1\nE-2"}


# --- commands -------------------------------------------------------------------------------


def test_due_lists_what_is_late_and_due_today_without_titles(house: House) -> None:
    said = house.form(command="/shinrai", text=" DUE ", user_id="U0SUZUKI").json()

    assert said["response_type"] == "ephemeral"
    lines = said["text"].splitlines()
    assert lines[0] == "超過中または今日が期限の案件：2件"
    assert [line.split("|")[1] for line in lines[1:-1]] == [
        "INV-2> 未解決（超過中。期限：6月8日（月）18:00）",
        "INV-3> 未解決（期限：6月9日（火）18:00）",
    ]


def test_anything_else_is_answered_with_the_help(house: House) -> None:
    assert "/shinrai due" in house.form(command="/shinrai", text="").json()["text"]


@pytest.mark.parametrize("failure", ["slow", "429", "500", "cut"])
def test_a_slack_that_is_down_is_said_within_three_seconds(house: House, failure: str) -> None:
    view = {"id": "V1", "blocks": [{"block_id": "title"}], "private_metadata": '{"kind":"other"}'}
    house.slack.fails["users.info"] = [failure] * 3
    for ask in (
        lambda: house.form(command="/shinrai", text="due", user_id="U0SUZUKI").json()["text"],
        lambda: house.interact("view_submission", view=view).json()["errors"]["title"],
    ):
        began = time.monotonic()
        assert "Slack" in ask()
        assert time.monotonic() - began < 3


def test_an_event_whose_writer_slack_cannot_name_is_sent_again(house: House) -> None:
    case_id = house.file()
    house.act(case_id, "send_back", missing="device")
    house.work()
    house.slack.fails["users.info"] = ["500"]

    assert house.reply("iPad").status_code == 422
    assert house.reply("iPad").status_code == 200
    house.work()
    assert Step.objects.filter(case_id=case_id, kind="resubmitted").count() == 1


# --- who is believed ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Slack-Signature": "v0=00"},
        {"X-Slack-Signature": "v0=é"},
        {"X-Slack-Request-Timestamp": "today"},
        {"X-Slack-Request-Timestamp": "9" * 400},
        {"X-Slack-Request-Timestamp": "9" * 5000},
        {"X-Slack-Request-Timestamp": str(int(NOW.timestamp()) - 301)},
        {"X-Slack-Request-Timestamp": ""},
    ],
)
def test_a_request_without_slacks_signature_of_now_is_refused(
    house: House, headers: dict[str, str]
) -> None:
    answer = house.send('{"type": "url_verification", "challenge": "c"}', **headers)

    assert answer.status_code == 401
    assert b"challenge" not in answer.content


def test_slack_is_answered_its_challenge(house: House) -> None:
    answer = house.send('{"type": "url_verification", "challenge": "c0ffee"}')

    assert answer.json() == {"challenge": "c0ffee"}


@pytest.mark.parametrize("body", ["[" * 100_000, "[]", "7", "{", '{"type": "event_callback"}'])
def test_what_is_signed_but_no_request_opens_nothing(house: House, body: str) -> None:
    assert house.send(body).status_code in (200, 422)
    assert Receipt.objects.count() == 0


def test_the_connection_can_be_tried_on_its_page(house: House) -> None:
    owner, address = house.cast.owner.client(), f"/w/tanuki/connections/{house.number}/"
    assert 'value="check"' in owner.get(address).content.decode()
    assert "たぬき塾" in owner.post(address, {"deed": "check"}, follow=True).content.decode()

    house.slack.closed.add("C0CRE")
    said = owner.post(address, {"deed": "check"}, follow=True).content.decode()
    assert "/invite @Shinrai" in said
