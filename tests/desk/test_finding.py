"""A case is opened by its key; the first page says where something presses."""

import re

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.desk.rules.sentences import places_clauses
from shinrai.objectives.queries.going import cases_late
from shinrai.units.text import translated
from tests.cast import Cast
from tests.desk.stage import open_desk
from tests.desk.test_overview import LATER, desk
from tests.desk.test_pages import lead, shown

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
QUEUE = "/w/kitsune/queue/"


@pytest.mark.parametrize(
    ("key", "place"),
    [("Q-1", "inquiries/Q-1"), ("INV-2", "investigations/INV-2"), (" Q-2 ", "inquiries/Q-2")],
)
def test_a_key_leads_to_its_case(desk: Cast, key: str, place: str) -> None:
    answer = desk.nobody.client().get(QUEUE, {"key": key})

    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/w/kitsune/{place}/"


@pytest.mark.parametrize("key", ["Q-9", "<b>", "Q-1\0", "q" * 500])
def test_a_key_of_nothing_stays_in_its_field_and_is_said(desk: Cast, key: str) -> None:
    page = shown(desk.nobody.client(), f"{QUEUE}?key={key}")

    assert "No case here has the key" in page
    assert "<b>" not in page
    assert re.search(r'id="find"[^>]+value="[^"]+"', page)


def test_a_key_of_another_workspace_leads_nowhere(desk: Cast) -> None:
    """Tanuki has an INV-1 of its own; from there nobody comes to Kitsune's inquiries."""
    open_desk(desk.workspace)

    page = shown(desk.agent.client(), "/w/tanuki/queue/?key=Q-1")
    assert "No case here has the key" in page


def test_the_first_page_says_where_something_is_late(desk: Cast) -> None:
    with time_machine.travel(LATER, tick=False):
        page = shown(desk.owner.client(), "/")
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
