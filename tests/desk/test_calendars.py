"""Calendars on the screen: open or closed, the week, the year, who is judged, when it is due."""

import re
from xml.etree import ElementTree

import pytest
import time_machine
from django.utils.html import strip_tags

from shinrai.calendars.operations import save_calendar
from tests.cast import MEMBERS, Cast
from tests.desk.stage import NOW, OFFICE, open_desk, tokyo

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
LIST = "/w/kitsune/calendars/"
OFFICE_PAGE = f"{LIST}office/"


@pytest.fixture
def desk(cast: Cast) -> Cast:
    open_desk(cast.simulated)
    return cast


def shown(cast: Cast, address: str, language: str = "en", status: int = 200) -> str:
    with time_machine.travel(NOW, tick=False):
        answer = cast.nobody.client().get(address, headers={"accept-language": language})
    assert answer.status_code == status
    return answer.content.decode()


def words(page: str) -> str:
    return " ".join(strip_tags(page).split())


def test_the_list_says_open_or_closed_and_who_is_judged(desk: Cast) -> None:
    page = words(shown(desk, LIST))

    assert "office is open now and closes today at 18:00." in page
    assert "Mon–Fri 10:00–18:00" in page
    assert "Within two days" in page
    assert "holiday: Marine Day" in page


def test_the_same_in_japanese(desk: Cast) -> None:
    page = words(shown(desk, LIST, "ja"))

    assert "officeは営業中です。次の終業は本日18:00です。" in page
    assert "月〜金 10:00–18:00" in page
    assert "海の日（祝日）" in page


def test_a_workspace_without_calendars_teaches_the_first_step(cast: Cast) -> None:
    page = words(shown(cast, LIST))

    assert "No calendar yet" in page
    assert "shinrai calendars add desk.yaml --workspace kitsune" in page


def test_pictures_are_well_formed_and_named(desk: Cast) -> None:
    page = shown(desk, OFFICE_PAGE)

    pictures = re.findall(r"<svg class=\"chart (?:week|month)\".*?</svg>", page, re.S)
    assert len(pictures) == 2 + 12  # the week for a desk and for a phone, and twelve months
    for picture in pictures:
        ElementTree.fromstring(picture)
        assert 'role="img"' in picture
    assert "19 business days" in page or "20 business days" in page


def test_an_address_reckons_a_due_moment_and_says_why(desk: Cast) -> None:
    asked = "?start=2026-07-17T11:00&number=2&unit=close"

    en, ja = words(shown(desk, OFFICE_PAGE + asked)), words(shown(desk, OFFICE_PAGE + asked, "ja"))

    assert "Counts as Fri 17 July 2026 11:00; due Wed 22 July 2026 18:00 (Asia/Tokyo)." in en
    assert "business day 2" in en
    assert "holiday: Marine Day" in en
    assert "受付扱い日時は2026年7月17日（金）11:00、期限は2026年7月22日（水）18:00です" in ja
    assert "2営業日目" in ja


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("start=2026-07-17&number=2&unit=close", "say the time too"),
        ("start=2026-07-17T11:00&number=soon&unit=close", "whole number"),
        ("start=2026-07-17T11:00&number=99999&unit=close", "0 to 1,000"),
        ("start=friday&number=2&unit=close", "is no moment; write one such as 2026-06-03"),
    ],
)
def test_what_cannot_be_reckoned_says_why_and_keeps_what_was_typed(
    desk: Cast, asked: str, said: str
) -> None:
    page = shown(desk, f"{OFFICE_PAGE}?{asked}", status=422)

    assert said in words(page)
    assert "START" not in page  # an argument of a command is no field of a page
    assert f'value="{asked.split("&")[0].removeprefix("start=")}"' in page


def test_versions_say_which_is_in_force(desk: Cast) -> None:
    later = {**OFFICE, "valid_from": "2026-10-01", "weekly": {"mon": ["09:00-12:00"]}}
    document = {"versions": [OFFICE, later]}
    save_calendar(
        workspace_id=desk.simulated.id,
        name="office",
        document=document,
        at=tokyo(9, 10),
        by="test",
    )

    page = words(shown(desk, OFFICE_PAGE))

    assert "from the beginning Mon–Fri 10:00–18:00 Asia/Tokyo in force" in page
    assert "Thu 1 October 2026 Mon 09:00–12:00 Asia/Tokyo later" in page
    assert "revision 2, YAML" in page
    assert "revision 1, YAML" in page


def test_a_calendar_nobody_saved_is_not_found(desk: Cast) -> None:
    assert desk.nobody.client().get(f"{LIST}other/").status_code == 404
    assert desk.nobody.client().get(f"{LIST}a%00b/").status_code == 404


@pytest.mark.parametrize("address", ["calendars/", "calendars/office/"])
def test_every_part_of_the_cast_gets_what_is_theirs(cast: Cast, address: str) -> None:
    open_desk(cast.workspace)
    expected = dict.fromkeys(MEMBERS, 200)
    expected |= {"guardian": 404, "stranger": 404, "nobody": 302}

    got = {
        part: person.client().get(f"/w/tanuki/{address}").status_code
        for part, person in cast.everybody.items()
    }

    assert got == expected
