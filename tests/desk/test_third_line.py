"""The third line's inbox: 松本 of the product team sees what is asked, and what she needs."""

from datetime import datetime

import pytest
import time_machine

from shinrai.accounts.models import AuditEntry, User
from shinrai.accounts.operations.members import invite
from shinrai.accounts.queries import member_of
from shinrai.accounts.rules.role import Role
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.third_line import third_line
from shinrai.desk.rules.third_line import asked_of_third_line
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.rules.steps import Step
from tests.cast import MEMBERS, OPENED_AT, Cast
from tests.desk.stage import open_desk, tokyo
from tests.desk.test_pages import lead, shown
from tests.downloads import column, csv_rows

HERE = "/w/tanuki/third-line/"
NOW = tokyo(9, 15)
FACTS = {"screen": "再生", "version": "Ver. 3.1.2", "device": "Pixel 8", "last_failure": "E-104"}


@pytest.fixture
def desk(cast: Cast) -> dict[str, int]:
    """INV-2 is late and escalated to the third line; of Q-9 its advice is asked; INV-3 is CRE's."""
    there = cast.workspace.id
    cases = open_desk(cast.workspace)
    cases["Q-9"] = receive_inquiry(
        workspace_id=there, source_key="Q-9", at=tokyo(8, 9), by="customer:1", words="動画が止まる"
    )
    step(cases["INV-2"], "escalated", cast.engineer.member.key, tokyo(5, 10), tier=3)
    step(cases["Q-9"], "consulted", cast.agent.member.key, tokyo(8, 10), tier=3)
    return cases


def step(case_id: int, kind: str, by: str, at: datetime, **more) -> None:
    take_step(case_id=case_id, kind=kind, at=at, by=by, role="engineer", **more)


def matsumoto(cast: Cast) -> str:
    email = "matsumoto@tanuki.example"
    invite(
        email=email, workspace_id=cast.workspace.id, roles=[Role.PRODUCT_ENGINEER],
        display_name="松本", at=OPENED_AT, by="test",
    )  # fmt: skip
    user = User.objects.get(email=email)
    member = member_of(workspace_id=cast.workspace.id, user_id=user.pk)
    assert member is not None
    return member.key


def inbox(cast: Cast):
    place = queue_place(cast.workspace, cast.engineer.member, at=NOW)
    return third_line(place, at=NOW)


def keys(cast: Cast) -> list[str]:
    found = inbox(cast)
    return [one.row.case_key for one in found]


@pytest.mark.django_db(transaction=True)
class TestInbox:
    def test_what_is_held_or_asked_stands_there_with_who_asks(self, cast: Cast, desk) -> None:
        found = inbox(cast)

        assert [(one.row.case_key, one.ask.is_held, one.asker) for one in found] == [
            ("INV-2", True, "高橋"),
            ("Q-9", False, "鈴木"),
        ]

    def test_an_answer_of_the_third_line_takes_a_question_away(self, cast: Cast, desk) -> None:
        step(desk["Q-9"], "note", cast.agent.member.key, tokyo(8, 11), words="急ぎです")
        assert keys(cast) == ["INV-2", "Q-9"]

        step(desk["Q-9"], "note", matsumoto(cast), tokyo(8, 12), words="調べました")
        assert keys(cast) == ["INV-2"]

        step(desk["Q-9"], "consulted", cast.agent.member.key, tokyo(8, 13), tier=3)
        assert keys(cast) == ["INV-2", "Q-9"]

    def test_facts_words_and_evidence_are_there_masked(self, cast: Cast, desk) -> None:
        there = cast.workspace.id
        case_id = file_investigation(
            workspace_id=there, source_key="INV-9", at=tokyo(8, 10), by=cast.agent.member.key,
            words="動画が止まる\n手順: 3章を開く。090-1234-5678 の方です", detail=FACTS,
        )  # fmt: skip
        step(
            case_id, "finding", cast.engineer.member.key, tokyo(8, 12),
            detail={"verdict": "unknown"}, words="端末を替えても同じ\nhttps://logs.example.com/e/104\njavascript:alert(1)",
        )  # fmt: skip
        step(case_id, "escalated", cast.engineer.member.key, tokyo(8, 13), tier=3)

        [one] = [one for one in inbox(cast) if one.row.case_key == "INV-9"]

        assert one.facts == FACTS
        assert one.version == "3.1.2"
        assert [told.kind for told in one.told] == ["filed", "finding"]
        assert "3章を開く" in one.told[0].words
        assert "090-1234-5678" not in one.told[0].words
        assert one.links == ("https://logs.example.com/e/104",)


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestPage:
    def test_late_first_and_it_is_searched_filtered_and_downloaded(self, cast: Cast, desk) -> None:
        client = cast.engineer.client()
        with time_machine.travel(NOW, tick=False):
            page = shown(client, HERE)
            rows = csv_rows(client, HERE)
            found = column(client, f"{HERE}?q=動画", "case")
            none = column(client, f"{HERE}?version=none&sort=case", "case")
            asked = shown(client, HERE, "ja")

        assert lead(page).startswith("1 case is late. 2 cases are with product engineers, 1 of")
        assert [row["Case"] for row in rows] == ["INV-2", "Q-9"]
        assert found == ["Q-9"]
        assert none == ["INV-2", "Q-9"]
        assert "<script>alert" not in page + asked
        entry = AuditEntry.objects.filter(what="words in the third line").first()
        assert entry is not None
        assert entry.by == cast.engineer.member.key

    def test_strangers_see_nothing_of_it(self, cast: Cast, desk) -> None:
        codes = {who: cast.everybody[who].client().get(HERE).status_code for who in cast.everybody}

        assert codes == {
            **dict.fromkeys(MEMBERS, 200),
            "guardian": 404, "stranger": 404, "nobody": 302,
        }  # fmt: skip


def test_waiting_for_a_known_problem_rests_with_the_third_line() -> None:
    opened = Step(1, tokyo(1, 9), tokyo(1, 9), "filed", by="staff:9")
    waits = Step(2, tokyo(2, 9), tokyo(2, 9), "waiting", by="staff:1", detail={"on": "problem"})

    ask = asked_of_third_line([opened, waits], "tier:3", ())

    assert ask is not None
    assert (ask.is_held, ask.since, ask.by) == (True, tokyo(2, 9), "staff:1")
    assert asked_of_third_line([opened], "tier:2", ()) is None
