"""A case is opened by its key; the first page says where something presses."""

import re
from urllib.parse import urlencode

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.desk.operations.search_index import index_changed_words
from shinrai.desk.queries import search
from shinrai.desk.rules.sentences import places_clauses
from shinrai.inquiries.operations import receive_inquiry
from shinrai.ledger.queries import CaseHead, case_head
from shinrai.objectives.queries.going import cases_late
from shinrai.privacy.operations import destroy_key
from shinrai.search.models import TitlePairs
from shinrai.units.text import translated
from tests.cast import Cast
from tests.desk.stage import open_desk, tokyo
from tests.desk.test_overview import LATER, desk
from tests.desk.test_pages import lead, shown
from tests.downloads import json_rows

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
SEARCH = "/w/kitsune/search/"


def case_of(workspace_id: int, key: str) -> CaseHead:
    head = case_head(workspace_id=workspace_id, record="inquiry", source_key=key)
    assert head is not None
    return head


@pytest.mark.parametrize(
    ("key", "place"),
    [("Q-1", "inquiries/Q-1"), ("INV-2", "investigations/INV-2"), (" Q-2 ", "inquiries/Q-2")],
)
def test_a_key_leads_to_its_case(desk: Cast, key: str, place: str) -> None:
    answer = desk.nobody.client().get(SEARCH, {"q": key})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/w/kitsune/{place}/"


@pytest.mark.parametrize("key", ["Q-9", "<i>", "q" * 500, "100%_"])
def test_a_key_of_nothing_stays_in_its_field_and_is_said(desk: Cast, key: str) -> None:
    page = shown(desk.nobody.client(), f"{SEARCH}?{urlencode({'q': key})}")

    assert lead(page).startswith("0 cases hold “")
    assert "<i>" not in page
    assert re.search(r'id="q"[^>]+value="[^"]+"', page)


def test_a_key_of_another_workspace_leads_nowhere(desk: Cast) -> None:
    """Tanuki has an INV-1 of its own; from there nobody comes to Kitsune's inquiries."""
    open_desk(desk.workspace)

    page = shown(desk.agent.client(), "/w/tanuki/search/?q=Q-1")
    assert lead(page) == "0 cases hold “Q-1”."


def test_a_part_of_a_key_finds_open_and_closed_cases(desk: Cast) -> None:
    """INV-1 was answered on Friday 5 June, the five others are open."""
    client = desk.nobody.client()
    found = json_rows(client, f"{SEARCH}?q=inv-&sort=case")
    closed = json_rows(client, f"{SEARCH}?q=inv-&open=no")

    assert [row["case"] for row in found] == [f"INV-{n}" for n in range(1, 7)]
    assert [row["case"] for row in closed] == ["INV-1"]


def test_words_of_a_title_find_it_in_full_width_and_capitals_too(desk: Cast) -> None:
    client = desk.nobody.client()

    assert [row["case"] for row in json_rows(client, f"{SEARCH}?q=記録　消えた")] == ["INV-2"]
    assert [row["case"] for row in json_rows(client, f"{SEARCH}?q=ＳＣＲＩＰＴ")] == ["INV-2"]


def test_what_is_masked_or_erased_is_not_found(desk: Cast) -> None:
    """INV-1's second line holds an address, which is no title; its words are then erased."""
    there, client = desk.simulated, desk.nobody.client()
    receive_inquiry(
        workspace_id=there.id,
        source_key="Q-50",
        at=tokyo(1, 10),
        by="customer",
        words="yui@example.jp に届きません",
    )
    assert [row["case"] for row in json_rows(client, f"{SEARCH}?q=届きません")] == ["Q-50"]
    assert json_rows(client, f"{SEARCH}?q=yui") == []

    key_id = case_of(there.id, "Q-50").key_id
    assert key_id is not None
    destroy_key(workspace_id=there.id, key_id=key_id)

    assert json_rows(client, f"{SEARCH}?q=届きません") == []


def test_titles_of_long_ago_are_found_by_the_index(desk: Cast, monkeypatch) -> None:
    """Not one title is looked at without the index; a worker makes it from what changed."""
    monkeypatch.setattr(search, "UNINDEXED", 0)
    client, address = desk.nobody.client(), f"{SEARCH}?q=画面が白い"
    assert "still being indexed" in shown(client, address)
    assert json_rows(client, address) == []

    first, again = index_changed_words(), index_changed_words()

    assert (first > 0, again) == (True, 0)
    assert [row["case"] for row in json_rows(client, address)] == ["INV-1"]
    assert json_rows(client, f"{SEARCH}?q=面画が") == []  # the same characters, in another order


def test_erasing_takes_a_title_out_of_the_index(desk: Cast) -> None:
    index_changed_words()
    key_id = case_of(desk.simulated.id, "Q-2").key_id
    assert key_id is not None
    before = TitlePairs.objects.count()

    destroy_key(workspace_id=desk.simulated.id, key_id=key_id)

    assert TitlePairs.objects.count() == before - 1


def test_looking_for_titles_is_noted_in_the_audit(desk: Cast) -> None:
    open_desk(desk.workspace)
    shown(desk.agent.client(), "/w/tanuki/search/?q=白い")

    assert AuditEntry.objects.get(kind="view").what == "words in the search"


def test_the_first_page_says_where_something_is_late(desk: Cast) -> None:
    with time_machine.travel(LATER, tick=False):
        page = shown(desk.owner.client(), "/?all=1")
        there = desk.simulated.id
        late, in_hand = cases_late([there], at=LATER)[there]

    assert (late, in_hand) == (3, 6)  # as the queue of that moment has them
    assert lead(page) == "3 cases are late, in 1 of 2 workspaces."
    assert "no objective yet" in strip_tags(page)  # of Tanuki, which promised nothing


@pytest.mark.parametrize(
    ("late", "places", "said"),
    [
        (
            0,
            0,
            ("Nothing is late in any of 3 workspaces", "どこにも、超過中の案件はありません"),
        ),
        (1, 1, ("1 case is late, in 1 of 3 workspaces", "1つで、1件が超過中です")),
        (1200, 2, ("1,200 cases are late, in 2 of 3", "2つで、1,200件が超過中です")),
    ],
)
def test_the_sentence_of_all_workspaces(late: int, places: int, said: tuple[str, str]) -> None:
    for language, words in zip(("en", "ja"), said, strict=True):
        [(clause, is_late)] = places_clauses(late, places, 3)

        assert words in translated(clause, language)
        assert is_late is (late > 0)


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (1, ("4 cases are late", "4件が超過中です")),
        (
            2,
            (
                "4 cases are late, in 2 of 2 workspaces",
                "すべてのワークスペースで、合わせて4件が超過中です",
            ),
        ),
    ],
)
def test_late_in_every_workspace_is_not_told_as_a_part(places: int, said: tuple[str, str]) -> None:
    for language, words in zip(("en", "ja"), said, strict=True):
        [(clause, is_late)] = places_clauses(4, places, places)
        assert (translated(clause, language), is_late) == (words, True)
