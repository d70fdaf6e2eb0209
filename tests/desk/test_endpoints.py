"""Cases over the HTTP API: a program does at Tanuki Juku's desk what people do on pages."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from tests.api.caller import Caller, key_of
from tests.cast import Cast
from tests.desk.stage import NOW, open_desk

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
