"""The desk's pages in a real browser: none is wider than a phone, and keys walk the lists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from tests.cast import Cast
from tests.console.gallery.render import CONSOLE
from tests.console.test_keys import CHROMIUM
from tests.desk.stage import OBJECTIVE
from tests.desk.test_overview import LATER, desk, published
from tests.desk.test_pages import shown

__all__ = ["desk", "published"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
KITSUNE = "/w/kitsune/"
ADDRESSES = (
    "/?all=1",
    KITSUNE,
    f"{KITSUNE}queue/",
    f"{KITSUNE}queue/?key=NO-SUCH-CASE",
    f"{KITSUNE}inquiries/Q-1/",
    f"{KITSUNE}investigations/",
    f"{KITSUNE}investigations/INV-1/",
    f"{KITSUNE}quality/?from=all",
    f"{KITSUNE}quality/cases/?figure=solved&from=all&part=all",
    f"{KITSUNE}workload/",
    f"{KITSUNE}objectives/",
    f"{KITSUNE}topics/",
    f"{KITSUNE}findings/",
    f"{KITSUNE}events/",
    f"{KITSUNE}defects/",
    f"{KITSUNE}third-line/",
    f"{KITSUNE}releases/",
    f"{KITSUNE}search/?q=INV",
    f"{KITSUNE}reports/",
    f"{KITSUNE}objectives/{OBJECTIVE}/",
    "/w/tanuki/new-objective/",
    "/w/tanuki/new-calendar/",
    "/w/tanuki/members/",
    "/w/tanuki/notices/",
    "/w/tanuki/new-workspace/",
    f"{KITSUNE}reports/schedules/",
    "/accounts/login/",
    "/accounts/sessions/",
)
LONG = "N" * 60 + "!" * 60  # somebody in need writes without a space


@pytest.fixture
def pages(published: Cast, tmp_path: Path) -> dict[str, str]:
    """Give every page as a file a browser opens, with the console's own stylesheet and scripts."""
    files = f'"{(CONSOLE / "static/console").as_uri()}/'
    found = {}
    with time_machine.travel(LATER, tick=False):
        for number, address in enumerate(ADDRESSES):
            # The owner sees several workspaces, every form, and their own sessions.
            is_owners = address.startswith(("/?", "/w/tanuki/", "/accounts/sessions/"))
            who = published.owner if is_owners else published.nobody
            text = shown(who.client(), address)
            text = text.replace("ログインできません", LONG)
            path = tmp_path / f"{number}.html"
            path.write_text(re.sub(r'"/static/console/(?:[\w.]+/)*', files, text), "utf-8")
            found[address] = path.as_uri()
    return found


@pytest.fixture
def browser() -> Iterator:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there; install Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()


def test_no_page_is_wider_than_a_phone_and_lists_are_walked(pages: dict[str, str], browser) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    for address, file in pages.items():
        phone.goto(file)
        assert phone.evaluate("getComputedStyle(document.body).display") == "flex", "no stylesheet"
        wide = phone.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{address} is {wide} px wide on a phone"

    desk = browser.new_page(viewport={"width": 1280, "height": 900})
    desk.goto(pages[f"{KITSUNE}queue/"])
    for keys, opened in (("j", "INV-2"), ("j", "INV-3"), ("k", "INV-2")):
        desk.keyboard.press(keys)
        assert desk.evaluate("document.activeElement.textContent").startswith(opened)
    desk.keyboard.press("/")
    assert desk.evaluate("document.activeElement.id") == "find"
    desk.keyboard.type("?j")
    assert desk.input_value("#find") == "?j"
    desk.keyboard.press("Tab")
    desk.keyboard.press("?")
    assert desk.locator("dialog#keys[open]").count() == 1


def test_a_definition_is_one_click_away_and_lit(pages: dict[str, str], browser) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(pages[f"{KITSUNE}quality/?from=all"])
    page.click("#figure-solved .sources a")

    row = page.locator("#measure-solved")
    assert page.evaluate("location.hash") == "#measure-solved"
    assert row.is_visible()
    assert "solved or closed at least once" in row.inner_text()


def test_axe_finds_nothing(pages: dict[str, str], browser) -> None:
    """Contrast, names, order of headings, landmarks: by day and by night, wide and on a phone."""
    from axe_playwright_python.sync_playwright import Axe

    found = []
    for scheme, width in (("light", 1280), ("dark", 390)):
        page = browser.new_page(
            viewport={"width": width, "height": 844}, color_scheme=scheme, reduced_motion="reduce"
        )
        for address, file in pages.items():
            page.goto(file)
            for wrong in Axe().run(page).response["violations"]:
                places = [node["target"] for node in wrong["nodes"][:3]]
                found.append(f"{scheme} {address}: {wrong['id']} {places}")
    assert found == []


def test_a_row_of_a_list_has_two_lines_on_a_phone_and_unfolds(
    pages: dict[str, str], browser
) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    phone.goto(pages[f"{KITSUNE}queue/"])
    row = phone.locator("table tbody tr").first
    due = row.locator("td[data-label='Due']")
    assert row.bounding_box()["height"] < 70
    assert row.locator(".state").is_visible()
    assert not due.is_visible()

    row.locator(".row-more").click()

    assert due.is_visible()
    assert row.locator(".row-more").get_attribute("aria-expanded") == "true"
    assert phone.url == pages[f"{KITSUNE}queue/"], "the button did not open the case"
