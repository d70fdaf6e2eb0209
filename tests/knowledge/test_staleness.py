"""When an answer is doubted, and when again: what was written anew is judged by its own uses."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.calendars.operations import declare_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.article_drafts import draft_article
from shinrai.desk.operations.steps import file_investigation
from shinrai.knowledge.operations.articles import change_state, mark_fresh, write_article
from shinrai.knowledge.operations.staleness import (
    mark_contradicted,
    mark_released,
    prepare_knowledge,
)
from shinrai.knowledge.rules.article import article_fields
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.api.caller import key_of
from tests.cast import Cast
from tests.desk.stage import tokyo
from tests.knowledge.test_story import HERE, LOGIN, ask, desk, from_article, page, record

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
JUNE_16, JUNE_30 = (datetime(2026, 6, day, 9, tzinfo=UTC) for day in (16, 30))


def four_uses(desk: Cast, first: int = 2, tag: str = "Q") -> None:
    """Use the answer in four inquiries, a day after each other; two customers come back."""
    for number in range(4):
        case_id = ask(desk, f"{tag}-{number}", "ログインできません", first + number, topic="login")
        sent = LOGIN.replace("{customer}", f"客{number}").replace("{case}", f"{tag}-{number}")
        from_article(desk, case_id, sent, first + number)
        if number < 2:
            member = desk.agent.member
            assert member is not None
            said = {"message": "まだ入れません、どうしたらよいですか?"}
            act(
                ActionRequest(case_id, "record_message", said, member, tokyo(first + 5 + number, 9))
            )


def prepare(desk: Cast, settings: Any, at: datetime) -> None:
    refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=at)
    assert prepare_knowledge(workspace=desk.workspace, at=at)


def test_what_is_written_anew_is_not_judged_by_uses_of_its_old_text(
    desk: Cast, settings: Any
) -> None:
    four_uses(desk)
    prepare(desk, settings, JUNE_30)
    assert [str(one) for one in record(desk).staleness.reasons] == [
        "customers came back within 14 days of its use (2026-06-30: 2 / 4)"
    ]
    new = replace(record(desk).fields, body="まったく新しい答えです。{case}")
    write_article(
        workspace_id=desk.workspace.id, key="login-reset", fields=new, is_new=False,
        at=JUNE_30.replace(hour=10), by="staff:1",
    )  # fmt: skip
    assert not record(desk).staleness

    prepare(desk, settings, JUNE_30.replace(hour=12))
    assert not record(desk).staleness
    assert (record(desk).uses.used, record(desk).uses.returned.of) == (4, 0)


def test_customers_who_still_come_back_after_somebody_found_it_true_count_anew(
    desk: Cast, settings: Any
) -> None:
    four_uses(desk)
    prepare(desk, settings, JUNE_16)
    assert record(desk).staleness
    mark_fresh(
        workspace_id=desk.workspace.id, key="login-reset", checked_against="3.2",
        at=JUNE_16.replace(hour=10), by="staff:1",
    )  # fmt: skip
    prepare(desk, settings, JUNE_16.replace(hour=12))
    assert not record(desk).staleness

    four_uses(desk, first=17, tag="R")
    prepare(desk, settings, JUNE_30)
    assert record(desk).staleness


def test_what_is_published_after_a_newer_release_is_older_than_it(desk: Cast) -> None:
    """Written for 3.2 on 1 June; 3.3 is out on the 5th; somebody publishes it on the 10th."""
    there = desk.workspace
    typed = {
        "kind": "template", "language": "ja", "title": "同期", "body": "自動です", "topic": "login",
        "release": "3.2",
    }  # fmt: skip
    mine: dict[str, Any] = {"workspace_id": there.id, "key": "sync", "by": "staff:1"}
    write_article(fields=article_fields(typed), is_new=True, at=tokyo(1, 10), **mine)
    fifth = tokyo(5, 9).date()
    declare_events(
        workspace_id=there.id,
        declarations=[EventDeclaration("release", "3.3", fifth, fifth)],
        at=tokyo(1, 9),
        by="staff:1",
    )
    change_state(state="published", at=tokyo(10, 9), **mine)

    assert mark_released(workspace=there, at=tokyo(11, 9)) == 1
    assert (
        mark_contradicted(workspace_id=there.id, topic="login", case_key="INV-7", at=tokyo(9, 9))
        == 2
    )
    assert [one.cause for one in record(desk, "sync").staleness.marks] == ["3.3", "INV-7"]


def test_the_list_says_why_and_has_it_first(desk: Cast) -> None:
    mark_contradicted(
        workspace_id=desk.workspace.id, topic="invoice", case_key="INV-7", at=tokyo(9, 9)
    )
    shown = page(desk.agent.client(), "knowledge/")
    table = shown[shown.index("<tbody") :]

    assert table.index("請求書の宛名") < table.index("ログインできないとき")
    assert "an answer of its topic was contradicted: INV-7" in table
    as_file: Any = desk.agent.client().get(HERE + "knowledge/?format=csv")
    assert "contradicted: INV-7" in b"".join(as_file.streaming_content).decode()


def test_versions_say_what_changed(desk: Cast) -> None:
    new = replace(
        record(desk).fields, title="入れないとき", body=LOGIN.replace("設定の", "画面右上の")
    )
    write_article(
        workspace_id=desk.workspace.id, key="login-reset", fields=new, is_new=False,
        at=tokyo(9, 9), by="staff:1",
    )  # fmt: skip
    shown = page(desk.agent.client(), "knowledge/login-reset/")
    versions = shown[shown.index("<summary>Versions") :]

    assert "<del>設定の「アカウント」から行えます。</del>" in versions
    assert "<ins>画面右上の「アカウント」から行えます。</ins>" in versions
    assert "<ins>入れないとき</ins>" in versions
    assert "パスワードを再設定すると" not in versions  # what stayed


class TestDrafts:
    def investigation(self, desk: Cast) -> int:
        member = desk.engineer.member
        assert member is not None
        case_id = file_investigation(
            workspace_id=desk.workspace.id, source_key="INV-1", at=tokyo(8, 9),
            by="staff:9", words="ログインできない端末がある",
        )  # fmt: skip
        given = {"verdict": "defect", "technical": "鍵の期限", "plain": "再設定で入れます。"}
        act(ActionRequest(case_id, "answer", given, member, tokyo(9, 9)))
        return case_id

    def test_a_draft_asks_whether_it_is_written_already(self, desk: Cast) -> None:
        case_id = self.investigation(desk)
        made = draft_article(case_id=case_id, at=tokyo(9, 10), by="staff:1", owner="鈴木")
        for address in (f"knowledge/{made.key}/", f"knowledge/{made.key}/edit/"):
            shown = page(desk.engineer.client(), address)
            assert "Is it written already?" in shown
            assert "knowledge/login-reset/edit/" in shown

        assert "Is it written already?" not in page(
            desk.engineer.client(), "knowledge/login-reset/"
        )

    def test_a_program_drafts_from_an_answered_investigation_once(self, desk: Cast) -> None:
        self.investigation(desk)
        caller = key_of(desk.workspace, Role.CRE_ENGINEER, Scope.WRITE)
        made = caller.post("investigations/INV-1/article-draft")

        fits = caller.get("investigations/INV-1/suggestions").json()["articles"]
        assert [one["key"] for one in fits] == ["login-reset"]
        assert made.status_code == 201
        assert made.json()["state"] == "draft"
        assert caller.post("investigations/INV-1/article-draft").status_code == 422


@pytest.mark.parametrize("name", ["owner", "title", "topic", "body"])
def test_what_postgresql_cannot_store_is_refused_by_its_field(desk: Cast, name: str) -> None:
    caller = key_of(desk.workspace, Role.CRE_ENGINEER, Scope.WRITE)
    given = {"title": "a", "body": "b", name: "X\0"}
    answer = caller.post("knowledge/articles", **given)

    assert answer.status_code == 422
    assert "NUL cannot be stored" in answer.content.decode()
