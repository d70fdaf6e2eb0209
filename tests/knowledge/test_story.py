"""鈴木 answers from what was written down; what she changes, and who comes back, is not lost."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from shinrai.accounts.models import AuditEntry
from shinrai.calendars.operations import declare_events
from shinrai.calendars.rules.declared_events import EventDeclaration
from shinrai.desk.operations.actions import ActionRequest, act
from shinrai.desk.operations.article_drafts import NothingToDraft, draft_article
from shinrai.desk.operations.labels import label_inquiry
from shinrai.desk.operations.steps import file_investigation
from shinrai.inquiries.operations import receive_inquiry
from shinrai.knowledge.models import ArticleUse, EmptySearch
from shinrai.knowledge.operations.articles import change_state, mark_fresh, write_article
from shinrai.knowledge.operations.staleness import mark_released, prepare_knowledge
from shinrai.knowledge.queries.articles import article_named, articles, versions_of
from shinrai.knowledge.queries.proposals import revision_proposals
from shinrai.knowledge.queries.searches import searches_in_vain
from shinrai.knowledge.rules.article import BadArticle, article_fields
from shinrai.ledger.queries import case_heads
from shinrai.privacy.operations import delete_words, read_words, words_of
from shinrai.topics.operations.codebook import define_topic
from shinrai.warehouse.refresh import refresh
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.desk.stage import tokyo

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
HERE = "/w/tanuki/"
LOGIN = (
    "{customer} 様\nパスワードを再設定すると入れます。\n設定の「アカウント」から行えます。\n"
    "ご不明な点は {case} へご返信ください。"
)


@pytest.fixture
def desk(cast: Cast, settings: Any, tmp_path: Any) -> Cast:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there = cast.workspace.id
    for key, name in (("login", "ログイン"), ("invoice", "請求書")):
        define_topic(workspace_id=there, key=key, name_ja=name, at=tokyo(1, 9), by="test")
    write(cast, "login-reset", "ログインできないとき", LOGIN, "login")
    write(cast, "invoice-name", "請求書の宛名", "設定の「請求」で変えられます。", "invoice")
    return cast


def write(cast: Cast, key: str, title: str, body: str, topic: str, **more: str) -> None:
    typed = {"kind": "template", "language": "ja", "title": title, "body": body, "topic": topic}
    there, by = cast.workspace.id, "staff:1"
    write_article(
        workspace_id=there, key=key, fields=article_fields(typed | more), is_new=True,
        at=tokyo(1, 10), by=by,
    )  # fmt: skip
    change_state(workspace_id=there, key=key, state="published", at=tokyo(1, 11), by=by)


def ask(cast: Cast, key: str, words: str, day: int, topic: str = "") -> int:
    case_id = receive_inquiry(
        workspace_id=cast.workspace.id, source_key=key, at=tokyo(day, 9), by="customer:1",
        words=words,
    )  # fmt: skip
    if topic:
        label_inquiry(case_id=case_id, topic=topic, at=tokyo(day, 9), by="staff:1", role="agent")
    return case_id


def reply(cast: Cast, case_id: int, message: str, day: int, hour: int = 10, **given: str) -> None:
    fields = {"message": message, "then": "solved", **given}
    member = cast.agent.member
    assert member is not None
    act(ActionRequest(case_id, "reply", fields, member, tokyo(day, hour)))


def from_article(cast: Cast, case_id: int, message: str, day: int) -> None:
    number = article_named(workspace_id=cast.workspace.id, key="login-reset").article.id
    reply(cast, case_id, message, day, article="login-reset", offered=str(number))


def record(cast: Cast, key: str = "login-reset") -> Any:
    return article_named(workspace_id=cast.workspace.id, key=key)


def page(client: Client, address: str, language: str = "en", **headers: str) -> str:
    answer = client.get(HERE + address, headers={"Accept-Language": language, **headers})
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


class TestReply:
    def test_one_first_with_its_reason_taken_filled_and_sent(self, desk: Cast) -> None:
        case_id = ask(desk, "Q-1", "パスワードを忘れてログインできません", 8, topic="login")
        client = desk.agent.client()
        with time_machine.travel(tokyo(8, 10), tick=False):
            offered = page(
                client, f"cases/{case_id}/suggestions/?do=reply", **{"HX-Request": "true"}
            )
            assert 'data-key="1"' in offered
            assert "ログインできないとき" in offered
            assert "same topic; not used yet" in offered
            assert "invoice" not in offered

            form = page(client, "inquiries/Q-1/?do=reply&article=login-reset&offered=1")
            assert "Q-1 へご返信ください" in form
            assert "Still to be typed:" in form
            assert 'name="article" value="login-reset"' in form

            number = record(desk).article.id
            sent = LOGIN.replace("{case}", "Q-1")
            form_data = {
                "message": sent,
                "then": "open",
                "article": "login-reset",
                "offered": number,
            }
            address = f"{HERE}cases/{case_id}/actions/reply/"
            refused = client.post(address, form_data, headers={"Accept-Language": "en"})
            assert refused.status_code == 422
            assert "replace {customer} in the text first" in refused.content.decode()
            assert not ArticleUse.objects.exists()

            form_data["message"] = sent.replace("{customer}", "田中")
            assert client.post(address, form_data).status_code == 302

        use = ArticleUse.objects.get()
        assert (use.choice, use.offered, use.changes, use.words_id) == ("used", [number], [], None)
        assert record(desk).uses.used == 1

    def test_none_of_them_fits_counts_against_the_first(self, desk: Cast) -> None:
        case_id = ask(desk, "Q-1", "ログインできません", 8, topic="login")
        number = record(desk).article.id
        reply(desk, case_id, "別の回答です。", 8, article="none", offered=f"{number}")

        assert (record(desk).uses.used, record(desk).uses.none_fits) == (0, 1)

    def test_what_was_changed_lies_under_the_key_of_the_customer(self, desk: Cast) -> None:
        case_id = ask(desk, "Q-1", "ログインできません", 8, topic="login")
        sent = LOGIN.replace("{customer}", "田中").replace("{case}", "Q-1")
        from_article(desk, case_id, sent.replace("再設定すると", "山田さんの手順で"), 8)
        use = ArticleUse.objects.get()

        assert "山田" not in str(ArticleUse.objects.values())
        assert "山田" in read_words([use.words_id])[use.words_id]
        key_id = case_heads([case_id])[case_id].key_id
        assert use.words_id in words_of(key_id=key_id)

    def test_a_text_from_no_article_may_have_braces(self, desk: Cast) -> None:
        case_id = ask(desk, "Q-1", "設定ファイルについて", 8)
        reply(desk, case_id, '{"customer": 1} と {customer} を書いてください', 8)


class TestRevision:
    def five_edits(self, desk: Cast, before: str, after: str) -> None:
        for n in range(5):
            case_id = ask(desk, f"Q-{n}", "ログインできません", 8 + n, topic="login")
            sent = LOGIN.replace("{customer}", f"客{n}").replace("{case}", f"Q-{n}")
            from_article(desk, case_id, sent.replace(before, after), 8 + n)

    def test_the_same_edit_in_five_cases_proposes_itself(self, desk: Cast) -> None:
        self.five_edits(desk, "設定の「アカウント」から", "ログイン画面の「忘れた」から")
        [found] = revision_proposals(workspace_id=desk.workspace.id, article=record(desk).article)
        assert (found.uses, found.after) == (5, "ログイン画面の「忘れた」から行えます。")

        client = desk.agent.client()
        with time_machine.travel(tokyo(20, 9), tick=False):
            assert "changed the same way in 5 cases" in page(client, "knowledge/login-reset/")
            step = {"what": "take", "change": found.change}
            client.post(HERE + "knowledge/login-reset/steps/", step)

        assert "ログイン画面の「忘れた」から" in record(desk).fields.body
        assert record(desk).article.number == 3
        assert (
            revision_proposals(workspace_id=desk.workspace.id, article=record(desk).article) == ()
        )

    def test_four_are_not_enough_and_erased_words_propose_nothing(self, desk: Cast) -> None:
        self.five_edits(desk, "再設定すると", "変えると")
        there = desk.workspace.id
        words = ArticleUse.objects.values_list("words_id", flat=True)
        delete_words(words_ids=[one for one in words if one is not None])

        assert revision_proposals(workspace_id=there, article=record(desk).article) == ()


class TestStale:
    def test_an_answer_contradicted_on_its_topic_makes_it_doubtful_at_once(
        self, desk: Cast
    ) -> None:
        there = desk.workspace.id
        above = ask(desk, "Q-1", "ログインできません", 8, topic="login")
        case_id = file_investigation(
            workspace_id=there, source_key="INV-1", at=tokyo(8, 11), by="staff:9",
            words="ログインできない", inquiry_id=above,
        )  # fmt: skip
        engineer = desk.engineer.member
        assert engineer is not None
        answer = {"verdict": "unknown", "technical": "x", "plain": "再設定で直ります"}
        act(ActionRequest(case_id, "answer", answer, engineer, tokyo(9, 11)))
        assert not record(desk).staleness
        agent = desk.agent.member
        assert agent is not None
        act(ActionRequest(case_id, "contradict", {"words": "直りません"}, agent, tokyo(9, 15)))

        assert [one.cause for one in record(desk).staleness.marks] == ["INV-1"]
        assert not record(desk, "invoice-name").staleness

        # Being read does not make it fresh; being checked does.
        page(desk.agent.client(), "knowledge/login-reset/")
        assert record(desk).staleness
        with pytest.raises(BadArticle, match="checked it against"):
            mark_fresh(
                workspace_id=there, key="login-reset", checked_against=" ", at=tokyo(10, 9), by="s"
            )
        mark_fresh(
            workspace_id=there, key="login-reset", checked_against="3.2", at=tokyo(10, 9), by="s"
        )
        assert not record(desk).staleness

    def test_a_later_release_than_it_was_written_for(self, desk: Cast) -> None:
        write(desk, "sync", "同期", "3.2 では自動です。", "", release="3.2")
        there = desk.workspace
        days = {name: tokyo(day, 9).date() for name, day in (("3.2", 1), ("3.3", 12))}
        declare_events(
            workspace_id=there.id,
            declarations=[EventDeclaration("release", name, on, on) for name, on in days.items()],
            at=tokyo(1, 9),
            by="s",
        )

        assert mark_released(workspace=there, at=tokyo(11, 9)) == 0
        assert mark_released(workspace=there, at=tokyo(12, 9)) == 1
        assert mark_released(workspace=there, at=tokyo(13, 9)) == 0
        assert [one.cause for one in record(desk, "sync").staleness.marks] == ["3.3"]

    def test_customers_who_come_back_within_14_days(self, desk: Cast, settings: Any) -> None:
        there = desk.workspace
        for n in range(4):
            case_id = ask(desk, f"Q-{n}", "ログインできません", 1 + n, topic="login")
            sent = LOGIN.replace("{customer}", f"客{n}").replace("{case}", f"Q-{n}")
            from_article(desk, case_id, sent, 1 + n)
            if n < 2:
                member = desk.agent.member
                assert member is not None
                wrote = {"message": "まだ入れません、どうしたらよいですか?"}
                act(ActionRequest(case_id, "record_message", wrote, member, tokyo(6 + n, 9)))
        at = datetime(2026, 6, 30, 9, tzinfo=UTC)
        refresh(Warehouse(settings.SHINRAI_WAREHOUSE), at=at)

        assert prepare_knowledge(workspace=there, at=at)
        assert not prepare_knowledge(workspace=there, at=at)
        assert (record(desk).uses.returned.count, record(desk).uses.returned.of) == (2, 4)
        assert [one.kind for one in record(desk).staleness.marks] == ["returned"]


class TestDraft:
    def test_an_answered_investigation_becomes_a_draft_and_words_are_masked(
        self, desk: Cast
    ) -> None:
        there = desk.workspace.id
        above = ask(desk, "Q-1", "音が途中で消えます", 8)
        case_id = file_investigation(
            workspace_id=there, source_key="INV-1", at=tokyo(8, 11), by="staff:9",
            words="音が消える", inquiry_id=above,
        )  # fmt: skip
        with pytest.raises(NothingToDraft):
            draft_article(case_id=case_id, at=tokyo(8, 12), by="s", owner="")
        engineer = desk.engineer.member
        assert engineer is not None
        answer = {"verdict": "defect", "technical": "codec", "plain": "090-1234-5678 へどうぞ"}
        act(ActionRequest(case_id, "answer", answer, engineer, tokyo(9, 11)))

        client = desk.agent.client()
        with time_machine.travel(tokyo(9, 12), tick=False):
            assert "Draft an article from this answer" in page(client, "investigations/INV-1/")
            answer_page = client.post(f"{HERE}cases/{case_id}/draft/", follow=True)
            assert "音が途中で消えます" in answer_page.content.decode()
            assert "Draft an article" not in page(client, "investigations/INV-1/")
        [made] = [one for one in articles(workspace_id=there) if one.article.case_id == case_id]
        assert made.article.state == "draft"
        assert "090-1234-5678" not in made.fields.body
        assert "codec" in made.fields.body


class TestPages:
    def test_what_is_searched_in_vain_is_listed_masked(self, desk: Cast) -> None:
        client = desk.agent.client()
        assert "請求書の宛名" in page(client, "knowledge/search/?q=宛名を変えたい請求書")
        for words in ("領収書 03-1234-5678", "領収書 03-1234-5678", "ＺＺ"):
            assert "Nothing written down" in page(client, f"knowledge/search/?q={words}")
        rows = searches_in_vain(workspace_id=desk.workspace.id)

        assert [one.times for one in rows] == [2, 1]
        assert "1234" not in str(EmptySearch.objects.values())
        assert "2" in page(client, "knowledge/in-vain/")

    def test_written_published_and_read_by_page(self, desk: Cast) -> None:
        client = desk.agent.client()
        typed = {
            "kind": "manual", "language": "ja", "title": "Printing", "body": "# 印刷\n\n"
            "<script>alert(1)</script> [x](javascript:alert(1)) ![p](https://x.example/p.png)",
        }  # fmt: skip
        made = client.post(HERE + "knowledge/new/", typed, follow=True).content.decode()
        assert "A draft: nobody is offered it yet." in made or "下書き" in made
        client.post(HERE + "knowledge/printing/steps/", {"what": "published"})
        shown = page(client, "knowledge/printing/")

        assert "<h1>印刷</h1>" in shown
        assert "<script>alert" not in shown
        assert 'href="javascript' not in shown
        assert "<img" not in shown
        assert [
            one.state for one in versions_of(workspace_id=desk.workspace.id, key="printing")
        ] == [
            "published",
            "draft",
        ]
        assert {"write article", "publish article"} <= set(
            AuditEntry.objects.values_list("what", flat=True)
        )

    def test_who_answers_alone_is_for_those_who_lead(self, desk: Cast) -> None:
        assert desk.agent.client().get(HERE + "knowledge/one-person/").status_code == 403
        assert "No topic depends on one person." in page(
            desk.manager.client(), "knowledge/one-person/"
        )
        assert "One person" not in page(desk.agent.client(), "knowledge/")
