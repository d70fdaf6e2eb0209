"""Cases over the HTTP API: a program does at Tanuki Juku's desk what people do on pages."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.desk.endpoints.bodies import StepBody
from shinrai.desk.rules.actions import ACTIONS
from shinrai.topics.operations.codebook import define_topic
from tests.api.caller import Caller, key_of
from tests.cast import BY, OPENED_AT, Cast
from tests.desk.stage import NOW, open_desk, tokyo

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]


@pytest.fixture
def desk(cast: Cast, settings: Any, tmp_path: Any) -> Iterator[Cast]:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.workspace)
    with time_machine.travel(NOW, tick=False):
        yield cast


@pytest.fixture
def engineer(desk: Cast) -> Caller:
    """A program of the CRE engineers, which may write."""
    return key_of(desk.workspace, Role.CRE_ENGINEER, Scope.WRITE)


@pytest.fixture
def bridge(desk: Cast) -> Caller:
    """A bridge to another desk, which reports late."""
    return key_of(desk.workspace, Role.CRE_ENGINEER, Scope.BACKFILL)


def test_a_case_goes_its_whole_way(engineer: Caller) -> None:
    filed = engineer.post("investigations", title="画面が白い", text="なぜ？", kind="other")
    assert filed.status_code == 201
    case = filed.json()
    assert (case["phase"], case["holder"]) == ("open", "tier:2")
    assert case["due_at"] == "2026-06-11T09:00:00Z"  # Thursday 18:00 in Tokyo

    steps = f"investigations/{case['key']}/steps"
    back = engineer.post(steps, kind="sent_back", missing=["device"])
    assert (back.json()["phase"], back.json()["due_at"]) == ("sent_back", None)
    again = engineer.post(steps, kind="resubmitted", facts={"device": "iPad 9"})
    assert again.json()["phase"] == "open"
    answered = engineer.post(
        steps, kind="answered", plain="直しました", technical="NULL", verdict="defect"
    )
    assert answered.json()["phase"] == "answered"
    read = engineer.get(f"investigations/{case['key']}").json()
    assert [step["kind"] for step in read["steps"]] == [
        "filed", "sent_back", "resubmitted", "finding", "answered",
    ]  # fmt: skip
    assert read["steps"][-1]["words"] == "直しました"


def test_the_list_is_narrowed_as_programs_ask(engineer: Caller) -> None:
    def keys(**asked: Any) -> list[str]:
        found = engineer.get("investigations", **asked).json()
        assert found["total"] == len(found["items"])
        return [one["key"] for one in found["items"]]

    assert keys() == ["INV-2", "INV-3", "INV-4", "INV-5"]  # INV-1 is answered, INV-6 to come
    assert keys(state="late") == ["INV-2"]
    assert keys(state="sent_back") == ["INV-5"]
    assert keys(holder="tier:2") == ["INV-2", "INV-3", "INV-4"]
    assert keys(due_before="2026-06-09T18:00:01+09:00") == ["INV-2", "INV-3"]
    assert keys(sort="-case") == ["INV-5", "INV-4", "INV-3", "INV-2"]
    for wrong in ({"state": "lost"}, {"stat": "late"}, {"due_before": "soon"}):
        refused = engineer.get("investigations", **wrong)
        assert refused.status_code == 422
        assert {one["field"] for one in refused.json()["errors"]} == set(wrong)


def test_a_list_is_walked_by_its_cursor_alone(engineer: Caller) -> None:
    walked, cursor = [], None
    while True:
        asked = {"limit": 3} | ({"cursor": cursor} if cursor else {})
        page = engineer.get("investigations", **asked).json()
        walked += [one["key"] for one in page["items"]]
        if not (cursor := page["next_cursor"]):
            break
        kept = cursor
    assert walked == ["INV-2", "INV-3", "INV-4", "INV-5"]

    for wrong in ("made-up", kept[:-1], kept + "x"):
        refused = engineer.get("investigations", limit=3, cursor=wrong)
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "cursor")
    assert engineer.get("investigations", cursor=kept, state="late").status_code == 400
    assert engineer.get("inquiries", cursor=kept).status_code == 400
    assert engineer.get("investigations", limit=1_000_000).status_code == 422


def test_a_write_sent_again_is_done_once(engineer: Caller) -> None:
    case = {"title": "同じ件", "text": "二度届く"}
    first = engineer.post("investigations", idempotency_key="k-1", **case)
    again = engineer.post("investigations", idempotency_key="k-1", **case)
    other = engineer.post("investigations", idempotency_key="k-1", title="別の件", text="別")

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert (other.status_code, other.json()["errors"][0]["field"]) == (422, "Idempotency-Key")
    assert engineer.get("investigations").json()["total"] == 5
    fresh = engineer.post("investigations", idempotency_key="k-2", **case)
    assert fresh.json()["key"] != first.json()["key"]


def test_a_refused_write_may_be_mended_under_its_key(engineer: Caller) -> None:
    refused = engineer.post("investigations", idempotency_key="k", title="", text="何？")
    mended = engineer.post("investigations", idempotency_key="k", title="件", text="何？")

    assert (refused.status_code, mended.status_code) == (422, 201)


def test_what_is_wrong_is_said_by_field(engineer: Caller) -> None:
    def wrong(address: str, **body: Any) -> tuple[int, set[str]]:
        answer = engineer.post(address, **body)
        assert answer.headers["Content-Type"] == "application/problem+json"
        return answer.status_code, {one["field"] for one in answer.json()["errors"]}

    steps = "investigations/INV-3/steps"
    assert wrong("investigations", text="何？") == (422, {"title"})
    assert wrong("investigations", title="件", text=" ") == (422, {"text"})
    assert wrong("investigations", title="件", text="何", kind="nope") == (422, {"kind"})
    needs = {"facts.screen", "facts.version"}
    assert wrong("investigations", title="件", text="何", kind="as_designed") == (422, needs)
    assert wrong("inquiries", text="もしもし", mode="fax") == (422, {"mode"})
    assert wrong("inquiries", text="a\0b") == (422, {"text"})
    assert wrong(steps, kind="sent_back", missing=[]) == (422, {"missing"})
    assert wrong(steps, kind="sent_back", mising=["device"]) == (422, {"mising"})
    assert wrong(steps, kind="outbound", message="hello") == (422, {"kind"})
    assert wrong(steps, kind="assigned") == (422, {"action"})
    assert wrong(steps, kind="resubmitted", facts={}) == (409, set())
    assert wrong("investigations/INV-99/steps", kind="note", words="x") == (404, set())
    assert wrong("inquiries/INV-3/steps", kind="note", words="x") == (404, set())


def test_two_actions_of_one_kind_are_told_apart(engineer: Caller, desk: Cast) -> None:
    steps = "investigations/INV-3/steps"
    person = desk.engineer.member
    assert person is not None
    assert engineer.post(steps, kind="assigned", action="take").status_code == 201
    given = engineer.post(steps, kind="assigned", action="assign", person=person.key)
    assert given.status_code == 201
    itself = engineer.record.member.key
    refused = engineer.post(steps, kind="assigned", action="assign", person=itself)
    assert refused.status_code == 422, "work is given to people"


def test_a_role_may_do_by_key_what_it_may_do_on_pages(desk: Cast) -> None:
    agent = key_of(desk.workspace, Role.CS_AGENT, Scope.WRITE)
    reader = key_of(desk.workspace, Role.OWNER)

    answer = agent.post("investigations/INV-3/steps", kind="acknowledged")
    assert (answer.status_code, "role" in answer.json()["detail"]) == (403, True)
    kinds = {one["kind"] for one in agent.get("investigations/INV-3/actions").json()["actions"]}
    assert "answered" not in kinds
    assert reader.post("investigations", title="件", text="何").status_code == 403


def test_a_step_another_took_meanwhile_is_not_passed_over(engineer: Caller) -> None:
    seen = engineer.get("investigations/INV-3").json()["seen"]
    note = {"kind": "note", "words": "見ています", "seen": seen}

    assert engineer.post("investigations/INV-3/steps", **note).status_code == 201
    assert engineer.post("investigations/INV-3/steps", **note).status_code == 409


def test_only_a_bridge_reports_late(engineer: Caller, bridge: Caller) -> None:
    filed = {"title": "昨日の件", "text": "何？", "at": "2026-06-08T10:00:00+09:00"}
    refused = engineer.post("investigations", **filed)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (403, "at")

    case = bridge.post("investigations", **filed).json()
    assert case["due_at"] == "2026-06-10T09:00:00Z"  # two business days after Monday
    steps = f"investigations/{case['key']}/steps"
    back = bridge.post(steps, kind="sent_back", missing=["version"], at=tokyo(8, 16).isoformat())
    assert back.json()["phase"] == "sent_back"
    read = bridge.get(f"investigations/{case['key']}").json()["steps"]
    assert [step["at"] for step in read] == [tokyo(8, 10).isoformat(), tokyo(8, 16).isoformat()]
    assert {step["recorded_at"] for step in read} == {NOW.isoformat()}

    before = bridge.post(steps, kind="note", words="x", at=tokyo(8, 12).isoformat())
    later = bridge.post(steps, kind="note", words="x", at=(NOW + timedelta(1)).isoformat())
    for wrong in (before, later):
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "at")


def test_an_inquiry_comes_and_is_replied_to(engineer: Caller, bridge: Caller) -> None:
    came = bridge.post("inquiries", text="再生できません", channel="phone", at="2026-06-09T00:00Z")
    key = came.json()["key"]
    assert (came.status_code, came.json()["phase"]) == (201, "open")

    reply = {"message": "直りました", "then": "solved"}
    told = engineer.post(f"inquiries/{key}/steps", kind="outbound", **reply)
    assert told.json()["phase"] == "solved"
    about = engineer.post("investigations", title="件", text="なぜ", inquiry=key).json()["key"]
    related = engineer.get(f"investigations/{about}").json()["related"]
    assert related == [{"record": "inquiry", "key": key}]


def test_words_are_masked_and_every_reading_is_audited(engineer: Caller) -> None:
    read = engineer.get("investigations/INV-1").json()
    assert "画面が白い" in read["steps"][0]["words"]
    assert "yui@example.jp" not in str(read)
    engineer.get("investigations")
    engineer.post("investigations/INV-3/steps", kind="acknowledged")

    by = AuditEntry.objects.filter(by=engineer.record.member.key).order_by("id")
    said = list(by.values_list("kind", "what"))
    assert said == [
        ("view", "words of a case"), ("view", "titles in the queue"), ("deed", "case action"),
    ]  # fmt: skip


def test_a_step_takes_every_field_that_an_action_asks_for() -> None:
    asked = {name.removesuffix("?") for action in ACTIONS.values() for name in action.fields}

    assert asked - {"files"} <= set(StepBody.model_fields)


def test_a_case_of_another_moment_is_read_as_it_stood(engineer: Caller) -> None:
    stood = engineer.get("investigations/INV-1", at=tokyo(4, 11).isoformat()).json()

    assert (stood["phase"], stood["due_at"]) == ("sent_back", None)
    assert engineer.get("investigations/INV-1", at=tokyo(1, 9).isoformat()).status_code == 404


def test_an_inquiry_is_labelled_as_on_its_page(engineer: Caller, desk: Cast) -> None:
    there = {"workspace_id": desk.workspace.id, "at": OPENED_AT, "by": BY}
    define_topic(key="playback", name_ja="再生", **there)
    key = engineer.post("inquiries", text="再生できません").json()["key"]

    labelled = engineer.post(f"inquiries/{key}/steps", kind="labelled", topic="playback")
    assert labelled.status_code == 201
    [row] = engineer.get("inquiries").json()["items"]
    assert (row["key"], row["topic"]) == (key, "playback")
    unknown = engineer.post(f"inquiries/{key}/steps", kind="labelled", topic="nope")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "topic")
    case = engineer.post("investigations/INV-3/steps", kind="labelled", topic="playback")
    assert case.status_code == 422
