"""Words are found wherever they were written in a case, and each case says why it is there."""

import json
import random
import re

import pytest
from click.testing import CliRunner
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.customers.operations import record_customers
from shinrai.desk.commands.search import search as command
from shinrai.desk.operations import search_index
from shinrai.desk.operations.search_index import index_changed_words
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.desk.queries import search
from shinrai.desk.queries.search import SearchRequest, search_cases
from shinrai.desk.queries.titles import shown_text
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.operations.batches import begin_batch
from shinrai.privacy.operations import destroy_key
from shinrai.search import queries as index_queries
from shinrai.search.models import TextPairs, TitlePairs
from shinrai.search.rules import folded, holds
from tests.cast import Cast
from tests.desk.stage import open_desk, tokyo
from tests.desk.test_pages import lead, shown
from tests.downloads import json_rows

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
SEARCH = "/w/tanuki/search/"


@pytest.fixture
def desk(cast: Cast) -> Cast:
    """Tanuki's week, with a note and an answer of two sentences in INV-2, and all of it indexed."""
    numbers = open_desk(cast.workspace)
    for kind, words in (
        ("note", "森下さんに電話 090-1234-5678 で確認"),
        ("finding", "キャッシュの期限切れが原因"),
        ("answered", "設定の初期化で直ります。The cache was stale."),
    ):
        take_step(
            case_id=numbers["INV-2"], kind=kind, at=tokyo(5, 15), by="staff:1", role="cre",
            words=words, detail={"verdict": "defect"} if kind == "finding" else {},
        )  # fmt: skip
    index_changed_words()
    return cast


def found(cast: Cast, words: str, **more) -> list[tuple[str, str]]:
    asked = SearchRequest(cast.workspace.id, words, tokyo(9, 15), **more)
    return [(one.row.case_key, one.where) for one in search_cases(asked).cases]


@pytest.mark.parametrize(
    ("words", "where"),
    [
        ("きゃっしゅ", [("INV-2", "finding")]),
        ("ｷｬｯｼｭ 期限", [("INV-2", "finding")]),
        ("初期化", [("INV-2", "answer")]),
        ("CACHE", [("INV-2", "answer")]),
        ("ache", []),
        ("確認", [("INV-2", "note")]),
        ("機種", [("INV-1", "message")]),
        ("端末 初期化", []),
        ("画面が白い", [("INV-1", "title")]),
        ("い", [("INV-1", "title"), ("INV-3", "title"), ("INV-4", "title"), ("INV-5", "message")]),
    ],
)
def test_words_are_found_where_they_stand(
    desk: Cast, monkeypatch, words: str, where: list[tuple[str, str]]
) -> None:
    """By the index alone: not one text is looked at that it does not name."""
    monkeypatch.setattr(search, "UNINDEXED", 0)

    assert sorted(found(desk, words)) == where


@pytest.mark.parametrize("words", ["090-1234-5678", "1234", "yui@example", "yui"])
def test_what_is_masked_is_not_found(desk: Cast, words: str) -> None:
    assert found(desk, words) == []


def test_titles_stand_before_other_words_and_the_exact_one_first(cast: Cast) -> None:
    """Nothing is indexed yet: what was written last is found all the same."""
    open_desk(cast.workspace)
    for number, (key, words) in enumerate(
        (("INV-21", "解約"), ("INV-22", "解約の返金"), ("INV-23", "件名\n解約したい")), start=10
    ):
        file_investigation(
            workspace_id=cast.workspace.id, source_key=key, at=tokyo(1, number), by="x", words=words
        )

    assert [key for key, _ in found(cast, "解約")] == ["INV-21", "INV-4", "INV-22", "INV-23"]


@pytest.mark.parametrize(
    ("chosen", "keys"),
    [
        ({"state": "open"}, ["INV-3", "INV-4", "INV-5"]),
        ({"state": "closed"}, ["INV-1"]),
        ({"record": "inquiry"}, []),
        ({"since": tokyo(8, 0)}, ["INV-4", "INV-5"]),
        ({"since": tokyo(5, 0), "until": tokyo(6, 0)}, ["INV-3"]),
        ({"topic": "none"}, []),
    ],
)
def test_what_is_found_is_narrowed(desk: Cast, chosen: dict, keys: list[str]) -> None:
    assert sorted(key for key, _ in found(desk, "い", **chosen)) == keys


def test_a_filter_reaches_beyond_the_texts_looked_at_first(desk: Cast, monkeypatch) -> None:
    monkeypatch.setattr(search, "AT_FIRST", 1)
    monkeypatch.setattr(search, "UNINDEXED", 0)
    monkeypatch.setattr(index_queries, "NEWEST", 2)

    assert found(desk, "い", state="closed") == [("INV-1", "title")]


SIGNS = "画面が白いガｶﾞ解約できない ログインloginLogin　ＡＢab 0123-"


def test_the_index_finds_what_a_plain_scan_finds(cast: Cast, monkeypatch) -> None:
    """200 texts of few characters, so that pairs repeat; 300 searches cut from them or made up."""
    draw = random.Random(13)
    monkeypatch.setattr(search, "UNINDEXED", 0)
    monkeypatch.setattr(search, "MOST", 1_000)
    monkeypatch.setattr(search, "AT_FIRST", 1_000)
    texts = {}
    for number in range(200):
        words = "題" + "".join(draw.choices(SIGNS, k=draw.randint(3, 60)))
        texts[f"T-{number}"] = words
        file_investigation(
            workspace_id=cast.workspace.id,
            source_key=f"T-{number}",
            at=tokyo(1, 10),
            by="x",
            words=words,
        )
    index_changed_words()
    for number in range(300):
        size, source = draw.choice((1, 2, 3, 5)), draw.choice([*texts.values(), SIGNS])
        start = draw.randrange(len(source))
        sought = source[start : start + size] if number % 3 else "".join(draw.choices(SIGNS, k=2))
        words = folded(sought).split()
        scan = {
            key for key, text in texts.items() if words and holds(folded(shown_text(text)), words)
        }
        by_key = {key for key in texts if sought.strip() and sought.strip() in key}

        assert {key for key, _ in found(cast, sought)} - by_key == scan - by_key, sought


def test_an_upgrade_is_indexed_piece_by_piece_and_the_page_says_so(cast: Cast, monkeypatch) -> None:
    """The worker is killed after the second case; what it did is kept, and it goes on there."""
    open_desk(cast.workspace)
    monkeypatch.setattr(search, "UNINDEXED", 0)
    monkeypatch.setattr(search_index, "TOGETHER", 2)
    write, calls = search_index.index_texts, []

    def killed(**given) -> None:
        calls.append(given)
        if len(calls) == 2:
            raise KeyboardInterrupt
        write(**given)

    monkeypatch.setattr(search_index, "index_texts", killed)
    with pytest.raises(KeyboardInterrupt):
        index_changed_words()
    half = TextPairs.objects.count()
    page = shown(cast.agent.client(), f"{SEARCH}?q=い")
    assert half > 0
    assert "still being indexed" in page

    monkeypatch.setattr(search_index, "index_texts", write)
    assert index_changed_words() > 0
    assert TextPairs.objects.count() > half
    assert "still being indexed" not in shown(cast.agent.client(), f"{SEARCH}?q=い")
    assert {case for case, _ in found(cast, "い")} == {"INV-1", "INV-3", "INV-4", "INV-5"}
    assert index_changed_words() == 0


def test_the_index_holds_no_words_and_forgets_with_them(desk: Cast) -> None:
    numbers = {mark for row in TextPairs.objects.all() for mark in row.pairs}
    assert all(isinstance(mark, int) for mark in numbers)
    assert not numbers & {ord(sign) for sign in "画面が白い"}
    assert not numbers & set(index_queries.marks(desk.simulated.id, ["画面"]))
    assert TitlePairs.objects.count() == 6


def test_a_customers_cases_are_found_by_exactly_the_identifier(desk: Cast) -> None:
    there = desk.workspace.id
    for source in ("zendesk", "phone log"):
        begin_batch(
            workspace_id=there,
            source=source,
            mapping={},
            files=[],
            fingerprint=source,
            at=tokyo(1, 9),
            by="test",
        )
    known = record_customers(
        workspace_id=there, source="zendesk", identifiers=["yui@example.jp"], at=tokyo(1, 9)
    )["yui@example.jp"]
    receive_inquiry(
        workspace_id=there,
        source_key="Q-70",
        at=tokyo(2, 9),
        by="customer",
        words="届きません",
        customer=(known.id, known.key_id),
    )

    for typed in ("yui@example.jp", "zendesk:yui@example.jp"):
        assert found(desk, typed) == [("Q-70", "person")]
    assert found(desk, "yui@example") == found(desk, "mail:yui@example.jp") == []
    shown(desk.agent.client(), f"{SEARCH}?q=yui@example.jp")
    seen = AuditEntry.objects.get(what="cases of a customer")
    assert seen.subject == f"person:{known.id}"

    destroy_key(workspace_id=there, key_id=known.key_id)
    assert found(desk, "yui@example.jp") == []


class TestPage:
    def test_marks_the_words_and_says_where_they_stand(self, desk: Cast) -> None:
        page = shown(desk.agent.client(), f"{SEARCH}?q=きゃっしゅ")

        assert lead(page) == "1 case holds “きゃっしゅ”."
        assert '<mark class="found">キャッシュ</mark>の期限切れ' in page
        assert re.search(r"<b>finding</b>", page)

    def test_shows_what_was_typed_as_text(self, desk: Cast) -> None:
        page = shown(desk.agent.client(), f"{SEARCH}?q=記録")

        assert '<mark class="found">記録</mark>が消えた &lt;script&gt;' in page

    def test_narrows_by_day_in_the_workspaces_zone(self, desk: Cast) -> None:
        client = desk.agent.client()
        rows = json_rows(client, f"{SEARCH}?q=い&since=2026-06-05&until=2026-06-05")

        assert [(row["case"], row["where"]) for row in rows] == [("INV-3", "title")]
        assert "通知" in rows[0]["excerpt"]
        assert shown(client, f"{SEARCH}?q=い&since=2026-13-45&until=0001-01-01")

    def test_looking_is_in_the_audit(self, desk: Cast) -> None:
        shown(desk.agent.client(), f"{SEARCH}?q=初期化")

        assert [one.what for one in AuditEntry.objects.filter(kind="view")] == [
            "words in the search"
        ]

    def test_a_stranger_sees_nothing(self, desk: Cast) -> None:
        assert desk.stranger.client().get(SEARCH, {"q": "画面"}).status_code in (403, 404)


def test_the_command_answers_as_the_page(desk: Cast) -> None:
    answer = CliRunner().invoke(command, ["初期化", "--workspace", "tanuki", "--json"])

    document = json.loads(answer.output)
    [case] = document["cases"]
    assert (case["key"], case["where"], document["is_indexed"]) == ("INV-2", "answer", True)
    assert [part["words"] for part in case["excerpt"] if part["is_found"]] == ["初期化"]
    said = CliRunner().invoke(command, ["ないことば", "--workspace", "tanuki"])
    assert strip_tags(said.output).strip() == "Nothing is found."
