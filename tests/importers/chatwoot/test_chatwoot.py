"""Yui's conversation in Chatwoot: sentences read for what changed, by the API and from files."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.importers.chatwoot import pull
from shinrai.importers.chatwoot.changes import NOTHING, ActivityChange, change_in
from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.pull.errors import BadAddress, PullFailed
from shinrai.importers.pull.spool import open_spool
from shinrai.importers.run.undo import undo_import
from tests.importers.desk import NOON, Desk
from tests.importers.fakes.pulled import files_in, paged, pull_in
from tests.importers.fakes.server import Ask, FakeServer

YUI = {"id": 300, "name": "Yui", "type": "contact"}
SATO = {"id": 2, "name": "佐藤", "email": "sato@example.jp", "role": "agent"}
AGENT = {"id": 2, "name": "佐藤", "type": "user"}
TEAM = {"id": 1, "name": "CRE", "allow_auto_assign": True}
BASE = "/api/v1/accounts/3"


def epoch(day: int, clock: str) -> int:
    """Write a moment of June 2026 as Chatwoot mostly does."""
    return int(datetime.fromisoformat(f"2026-06-{day:02d}T{clock}:00+00:00").timestamp())


def message(number: int, kind: int, at: Any, text: str, **more: Any) -> dict[str, Any]:
    """Give a message of conversation 12."""
    return {
        "id": number, "conversation_id": 12, "message_type": kind, "content": text,
        "private": False, "content_type": "text", "content_attributes": {}, "created_at": at,
        "sender": {0: YUI, 1: AGENT}.get(kind, {}), **more,
    }  # fmt: skip


def messages() -> list[dict[str, Any]]:
    """List what was said, and done, in conversation 12."""
    return [
        message(1, 0, epoch(1, "00:00"), "花が <消えた>"),
        message(2, 3, epoch(1, "00:00"), "通常数時間以内に返信します。"),
        message(3, 2, epoch(1, "00:10"), "佐藤 がこの会話を自身に割り当てました"),
        message(4, 1, "2026-06-01T00:20:00.000Z", "どの花ですか？"),
        message(5, 2, epoch(1, "00:21"), "Conversation was snoozed by 佐藤"),
        message(6, 0, epoch(2, "00:00"), "ひまわり"),
        message(7, 2, epoch(2, "00:00"), "System reopened the conversation due to a new message."),
        message(8, 1, epoch(2, "00:05"), "前にもあった", private=True),
        message(9, 2, epoch(2, "00:06"), "佐藤 によって CRE に割り当てられました"),
        message(10, 2, epoch(2, "00:30"), "佐藤 がラベル \"花\" を追加しました"),
        message(11, 1, epoch(3, "00:00"), "戻しました。"),
        message(12, 2, epoch(3, "00:01"), "佐藤 によって会話は解決済みになりました"),
    ]  # fmt: skip


def conversation(number: int = 12, **more: Any) -> dict[str, Any]:
    """Give a conversation as a list shows it: with the last of its messages."""
    return {
        "id": number, "inbox_id": 4, "status": "resolved", "labels": ["花"],
        "meta": {"sender": YUI, "channel": "Channel::WebWidget", "assignee": SATO, "team": TEAM},
        "created_at": epoch(1, "00:00"), "last_activity_at": epoch(3, "00:01"),
        "first_reply_created_at": epoch(1, "00:20"), "waiting_since": 0, "snoozed_until": None,
        "applied_sla": {"sla_name": "2h", "sla_status": "hit"}, "sla_events": [],
        "messages": messages()[-1:], **more,
    }  # fmt: skip


EVENTS = [
    {"id": 1, "name": "first_response", "value": 1200.0, "value_in_business_hours": 600.0,
     "event_start_time": epoch(1, "00:00"), "conversation_id": 900},
    {"id": 2, "name": "reply_time", "value": 86400.0, "value_in_business_hours": 28800.0,
     "event_start_time": epoch(2, "00:00"), "conversation_id": 900},
]  # fmt: skip
RATING = {
    "id": 5, "rating": 4, "feedback_message": "ありがとう", "conversation_id": 12,
    "created_at": epoch(3, "01:00"),
}  # fmt: skip
LIFE = [
    ("06-01 00:00", "inbound"),
    ("06-01 00:00", "outbound"),
    ("06-01 00:00", "received"),
    ("06-01 00:10", "assigned"),
    ("06-01 00:20", "outbound"),
    ("06-01 00:21", "waiting"),
    ("06-02 00:00", "inbound"),
    ("06-02 00:00", "resumed"),
    ("06-02 00:05", "note"),
    ("06-02 00:06", "assigned"),
    ("06-03 00:00", "outbound"),
    ("06-03 00:01", "solved"),
    ("06-03 01:00", "rated"),
]


def life(desk: Desk, case: str = "12") -> list[tuple[str, str]]:
    """Say what happened in a conversation, and when."""
    return sorted((f"{step[1].astimezone(UTC):%m-%d %H:%M}", step[2]) for step in desk.told(case))


class TestActivities:
    @pytest.mark.parametrize(
        ("line", "change"),
        [
            ("Conversation was marked resolved by Ann", ActivityChange(state="resolved", by="Ann")),
            ("Conversation was resolved by Yui", ActivityChange(state="resolved", by="Yui")),
            ("Conversation was reopened by Ann", ActivityChange(state="open", by="Ann")),
            (
                "Conversation was marked as pending by Bot",
                ActivityChange(state="pending", by="Bot"),
            ),
            (
                "Conversation was marked resolved by system due to 3 days of inactivity",
                ActivityChange(state="resolved"),
            ),
            (
                "3 日間会話が非アクティブだったため、システムにより解決済みにされました",
                ActivityChange("resolved"),
            ),
            (
                "新しい受信メッセージを受信したため、システムが会話が再開されました",
                ActivityChange("open"),
            ),
            ("佐藤 によって会話が再開されました", ActivityChange("open", by="佐藤")),
            ("佐藤 によって会話が保留にされました", ActivityChange("pending", by="佐藤")),
            ("佐藤 によって会話がスヌーズされました", ActivityChange("snoozed", by="佐藤")),
            ("Yui によって会話が解決されました", ActivityChange("resolved", by="Yui")),
            ("Assigned to Ben by Ann", ActivityChange(to="Ben", by="Ann")),
            (
                "Assigned to Ben via CRE by Ann",
                ActivityChange(assignee="Ben", team="CRE", by="Ann"),
            ),
            ("Ann self-assigned this conversation", ActivityChange(assignee="Ann", by="Ann")),
            ("Conversation unassigned by Ann", ActivityChange(assignee="", by="Ann")),
            ("Unassigned from CRE by Ann", ActivityChange(team="", by="Ann")),
            ("佐藤 によって割り当てが解除されました", ActivityChange(assignee="", by="佐藤")),
            ("佐藤 によって CRE から割り当てが解除されました", ActivityChange(team="", by="佐藤")),
            (
                "佐藤 によって CRE 経由で 鈴木 に割り当てられました",
                ActivityChange(assignee="鈴木", team="CRE", by="佐藤"),
            ),
            ("Ann added billing, urgent", NOTHING),
            ("佐藤 が優先度を削除しました", NOTHING),
            ("La conversation a été résolue par Ann", None),
        ],
    )
    def test_say_what_changed(self, line: str, change: ActivityChange | None) -> None:
        assert change_in(line) == change


def written(path: Path, *records: Any) -> Path:
    """Write records, one a line."""
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return path


@pytest.mark.django_db
class TestFromFiles:
    def test_a_list_alone_says_what_it_lacks(self, desk: Desk, tmp_path: Path) -> None:
        page = {"data": {"meta": {"all_count": 1}, "payload": [conversation()]}}
        path = tmp_path / "page.json"
        path.write_text(json.dumps(page, indent=2), "utf-8")

        report = files_in(CHATWOOT, path)

        assert [flag.code for flag in report.flags] == ["no_messages"]
        assert life(desk) == [("06-01 00:00", "received"), ("06-03 00:01", "solved")]

    def test_a_language_nobody_reads_is_flagged(self, desk: Desk, tmp_path: Path) -> None:
        french = message(13, 2, epoch(4, "00:00"), "La conversation a été rouverte par Ann")
        whole = {"conversation": conversation(), "messages": [*messages(), french]}

        report = files_in(CHATWOOT, written(tmp_path / "c.ndjson", whole))

        assert {flag.code: flag.count for flag in report.flags} == {"activity_unread": 1}
        assert desk.told("12")[0][6]["unknown"] == ["activity_unread"]

    def test_a_rating_without_a_moment_is_no_step(self, desk: Desk, tmp_path: Path) -> None:
        survey = message(
            13, 3, epoch(3, "00:02"), "評価してください", content_type="input_csat",
            content_attributes={"submitted_values": {"csat_survey_response": {"rating": 5}}},
        )  # fmt: skip
        whole = {"conversation": conversation(), "messages": [*messages(), survey]}

        report = files_in(CHATWOOT, written(tmp_path / "c.ndjson", whole))

        assert [flag.code for flag in report.flags] == ["rated_without_a_moment"]
        assert "rated" not in desk.kinds("12")

    def test_what_is_no_record_is_set_aside(self, desk: Desk, tmp_path: Path) -> None:
        whole = {"conversation": conversation(), "messages": messages()}

        report = files_in(CHATWOOT, written(tmp_path / "c.ndjson", whole, {"odd": 1}))

        assert report.counts.quarantined == 1
        assert report.counts.inquiries == 1


class Chatwoot:
    """What a server of Chatwoot's knows: the last active conversation first."""

    def __init__(self) -> None:
        self.conversations = [conversation()]
        self.messages = {12: messages(), 11: [message(1, 0, epoch(1, "00:00"), "もしもし")]}

    def answers(self) -> dict[str, Any]:
        """Answer as the API does."""
        return {
            f"{BASE}/agents": lambda _: [SATO],
            f"{BASE}/teams": lambda _: [TEAM],
            f"{BASE}/conversations": lambda ask: {
                "data": {"payload": paged(lambda: self.conversations, 1)(ask)}
            },
            f"{BASE}/conversations/": self._of_one,
            f"{BASE}/csat_survey_responses": paged(lambda: [RATING], 25),
        }

    def _of_one(self, ask: Ask) -> Any:
        number = int(ask.path.split("/")[-2])
        if ask.path.endswith("/reporting_events"):
            return EVENTS
        before = int(ask.one("before") or 10**9)
        found = [one for one in self.messages[number] if one["id"] < before]
        return {"meta": {}, "payload": found[-5:]}


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(Chatwoot().answers()) as fake:
        yield fake


def address(server: FakeServer) -> str:
    """Give the address as the browser shows it."""
    return f"{server.url}/app/accounts/3/dashboard"


@pytest.mark.django_db
class TestByTheApi:
    def test_a_life_is_told_whole(self, desk: Desk, server: FakeServer) -> None:
        server.trouble = ["", "429 5", "500", "", "cut"]

        report = pull_in(CHATWOOT, address(server))

        assert life(desk) == LIFE
        assert (report.counts.quarantined, report.flags) == (0, ())
        assert server.asked[0].headers["api_access_token"] == "t"
        told = desk.told("12")
        first = next(step for step in told if step[2] == "inbound")
        assert first[7] == "花が <消えた>"
        handed = [step[6] for step in told if step[2] == "assigned"]
        assert handed == [{"to": "sato@example.jp"}, {"group": "CRE", "to": "sato@example.jp"}]
        waits = next(step for step in told if step[2] == "waiting")
        assert waits[3] == "sato@example.jp"
        greeting = next(step for step in told if step[2] == "outbound")
        assert greeting[6]["automatic"] is True

    def test_twice_changes_nothing(self, desk: Desk, server: FakeServer) -> None:
        pull_in(CHATWOOT, address(server))
        again = pull_in(CHATWOOT, address(server), is_afresh=True)

        assert (again.counts.steps, again.counts.corrected) == (0, 0)

    def test_next_weeks_reopening_is_a_step_at_its_own_time(self, desk: Desk) -> None:
        chatwoot = Chatwoot()
        with FakeServer(chatwoot.answers()) as server:
            pull_in(CHATWOOT, address(server))
            again = message(20, 2, epoch(10, "02:00"), "佐藤 によって会話が再開されました")
            chatwoot.messages[12].append(again)
            active = conversation(status="open", last_activity_at=epoch(10, "02:00"))
            chatwoot.conversations = [active]
            report = pull_in(CHATWOOT, address(server), at=NOON + timedelta(days=7))

        assert (report.counts.steps, report.counts.corrected) == (1, 0)
        assert life(desk)[-1] == ("06-10 02:00", "reopened")

    def test_taken_back_it_is_gone(self, desk: Desk, server: FakeServer) -> None:
        report = pull_in(CHATWOOT, address(server))
        assert report.batch is not None

        undo_import(batch_id=report.batch, reason="no", at=NOON, by="staff:1")

        assert desk.told() == []


class TestPulling:
    def test_a_killed_pull_goes_on(self, tmp_path: Path) -> None:
        chatwoot = Chatwoot()
        chatwoot.conversations.append(conversation(11, last_activity_at=epoch(1, "00:00")))
        with FakeServer(chatwoot.answers()) as server:
            server.trouble = [*[""] * 9, *["500"] * 9]
            with pytest.raises(PullFailed):
                _kept(tmp_path, server)
            server.trouble = []
            kept = _kept(tmp_path, server)

        assert kept == [(12, 12), (11, 1)]
        events = f"{BASE}/conversations/12/reporting_events"
        assert server.paths().count(events) == 1

    def test_an_address_without_an_account_is_refused(self) -> None:
        with pytest.raises(BadAddress, match="accounts/1"):
            pull.client("https://chat.example.com", "t")


def _kept(root: Path, server: FakeServer) -> list[tuple[int, int]]:
    client = pull.client(address(server), "t")
    naps = [0.0]
    for holder in (client, client._limit):
        holder._sleep, holder._clock = naps.append, lambda: sum(naps)
    with client, open_spool(root, workspace="w", source="chatwoot", account="a") as spool:
        pull.pull(client, spool, lambda *_: None)
        pages = [page for page in spool.stream("conversations").read() if page]
        return [(page["conversation"]["id"], len(page["messages"])) for page in pages]
