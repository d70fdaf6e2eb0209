"""The board where nothing is promised: what is open is there all the same, with its age."""

import re

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.accounts.operations.members import record_staff
from shinrai.calendars.operations import save_calendar
from shinrai.desk.operations.steps import file_investigation, take_step
from shinrai.ledger.queries import cases_of
from shinrai.objectives.operations.refreshing import refresh_clocks
from shinrai.objectives.operations.saving import save_objective
from tests.cast import Cast
from tests.desk.stage import AT, NOW, OBJECTIVE, OFFICE, open_desk, promise, tokyo
from tests.desk.test_overview import REPLY
from tests.desk.test_pages import lead, shown
from tests.downloads import json_rows

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
BOARD = "/w/kitsune/investigations/"


@pytest.fixture
def filed(cast: Cast, settings, tmp_path) -> Cast:
    """Thirty investigations of Wednesday 3 June, one of which was answered; no objective."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    for number in range(30):
        case_id = file_investigation(
            workspace_id=cast.simulated.id,
            source_key=f"INV-{number}",
            at=tokyo(3, 10, number),
            by="staff:1",
            words="画面が白い",
        )
    take_step(case_id=case_id, kind="answered", at=tokyo(4, 10), by="staff:2", role="cre", words="")
    return cast


def seen(cast: Cast, language: str = "en", query: str = "") -> str:
    with time_machine.travel(NOW, tick=False):
        return shown(cast.nobody.client(), BOARD + query, language)


def test_what_is_open_is_shown_with_its_age_and_what_is_missing(filed: Cast) -> None:
    page = seen(filed)

    assert lead(page) == "29 investigations are open, no objective says by when they are due."
    assert page.count("no due time") == 29
    assert "6 days" in page
    assert "shinrai objectives add objective.yaml --workspace kitsune" in page
    assert "No investigation yet" not in page
    assert ">INV-29<" not in page


def test_the_same_in_japanese(filed: Cast) -> None:
    page = seen(filed, "ja")

    assert lead(page) == "未回答の調査が29件あります。期限を定める目標はまだありません。"
    assert "調査はまだありません" not in page
    assert "6日" in page


def test_an_objective_about_inquiries_is_none_about_investigations(filed: Cast) -> None:
    there = filed.simulated
    save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=tokyo(1, 9), by="test")
    save_objective(workspace_id=there.id, document=REPLY, at=tokyo(1, 9), by="test")

    page = seen(filed)

    assert lead(page).startswith("29 investigations are open")
    assert page.count("no due time") == 29


def test_once_promised_each_stands_in_its_list_alone(filed: Cast) -> None:
    there = filed.simulated
    save_calendar(workspace_id=there.id, name="office", document=OFFICE, at=tokyo(1, 9), by="test")
    save_objective(workspace_id=there.id, document=promise(), at=tokyo(1, 9), by="test")
    file_investigation(  # ahead of the moment: figures come from the steps, nothing is published
        workspace_id=there.id,
        source_key="INV-LATER",
        at=tokyo(31, 10, month=7),
        by="staff:1",
        words="後日の件",
    )
    refresh_clocks(
        workspace_id=there.id, case_ids=cases_of(workspace_id=there.id, record="investigation")
    )

    page = seen(filed)

    assert lead(page).startswith("29 investigations are late")
    assert "no due time" not in page


def test_as_of_a_moment_before_they_were_filed_none_is_open(filed: Cast) -> None:
    page = seen(filed, query="?at=2026-06-02T10:00")

    assert lead(page) == "No investigation is open."
    assert "no due time" not in page


def test_one_case_is_late_by_one_measure_wherever_it_stands(cast: Cast, settings, tmp_path) -> None:
    """INV-2 was due on Monday 8 at 18:00; at 15:03 on Tuesday the desk has been open 5 h 3 m."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    words = {"en": "5 h 3 m of business time past due", "ja": "営業時間で5時間3分超過"}
    pages = ("", "queue/", "investigations/", "investigations/INV-2/")
    with time_machine.travel(tokyo(9, 15, 3), tick=False):
        for language, page in ((language, page) for language in words for page in pages):
            told = shown(cast.nobody.client(), f"/w/kitsune/{page}", language)
            assert words[language] in " ".join(strip_tags(told).split()), (page, language)
            assert not re.search(r"2 days|1 day \d+ h|21時間", told), page


def test_counts_of_an_objective_add_up_to_its_share(cast: Cast, settings, tmp_path) -> None:
    """On Friday 5 June at 15:00 INV-1 is answered, and due at 18:00: it is kept of none yet."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    client = cast.nobody.client()
    early = shown(client, f"/w/kitsune/objectives/{OBJECTIVE}/?at=2026-06-05T15:00")
    later = shown(client, f"/w/kitsune/objectives/{OBJECTIVE}/?at=2026-06-09T15:00")

    assert "1 done already, due later" in early
    assert "1 kept" not in strip_tags(early)
    assert "1 kept" in later
    assert "1 overdue" in later
    assert "1 of 2" in later


def test_the_board_is_a_list_that_is_narrowed_sorted_and_taken_away(
    cast: Cast, settings, tmp_path
) -> None:
    """On Tuesday 9 June at 15:00 INV-2 is late, INV-5 at rest, and nobody is named yet."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.simulated)
    client = cast.nobody.client()

    def keys(query: str) -> list[str]:
        return [row["case"] for row in json_rows(client, f"{BOARD}{AT}&{query}")]

    assert keys("") == ["INV-2", "INV-3", "INV-4", "INV-5"]
    assert keys("state=at_rest") == ["INV-5"]
    assert keys("sort=-case") == ["INV-5", "INV-4", "INV-3", "INV-2"]
    assert keys("sort=age") == ["INV-5", "INV-4", "INV-3", "INV-2"]
    assert keys("q=通知が") == ["INV-3"]
    assert keys("q=inv-4") == ["INV-4"]


def test_who_works_on_it_is_told_to_members_alone(cast: Cast, settings, tmp_path) -> None:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    there, mine = cast.simulated, cast.workspace
    cases = {one.slug: open_desk(one) for one in (there, mine)}
    sato = record_staff(
        workspace_id=mine.id, source="test", names=["佐藤"], at=tokyo(1, 9), by="test"
    )["佐藤"]
    for slug, number in (("kitsune", "staff:1"), ("tanuki", sato)):
        take_step(
            case_id=cases[slug]["INV-4"],
            kind="assigned",
            at=tokyo(8, 12),
            by=number,
            role="cre",
            words="",
            detail={"to": number},
        )
    with time_machine.travel(NOW, tick=False):
        member = cast.agent.client()
        own = json_rows(member, f"/w/tanuki/queue/?person={sato}")
        found = json_rows(member, "/w/tanuki/queue/?q=佐藤")
        page = shown(member, "/w/tanuki/queue/")
        other = shown(cast.nobody.client(), "/w/kitsune/queue/")

    assert [(row["case"], row["person"]) for row in own] == [("INV-4", "佐藤")]
    assert [row["case"] for row in found] == ["INV-4"]
    assert f"?person={sato.replace(':', '%3A')}" in page
    assert "佐藤" not in other
    assert 'name="person"' not in other
