"""Keys and the file drop in a real browser: lists are walked, dialogs open, nothing is needed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.console.gallery.render import main

CHROMIUM = Path("/usr/bin/chromium")


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("gallery")
    main(folder)
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there; install Debian's chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture
def page(browser, gallery) -> Iterator:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    shown = context.new_page()
    shown.goto((gallery / "gallery-en.html").as_uri())
    yield shown
    context.close()


def focused(page) -> str:
    return page.evaluate("document.activeElement.textContent.trim()")


def test_j_and_k_walk_the_list_and_enter_opens(page):
    page.keyboard.press("j")
    assert focused(page).startswith("INV-104")
    page.keyboard.press("j")
    assert focused(page).startswith("INV-107")
    page.keyboard.press("k")
    assert focused(page).startswith("INV-104")
    page.keyboard.press("Enter")
    page.wait_for_url("**#a")  # the browser goes there in its own time


def test_letters_typed_into_a_field_stay_letters(page):
    page.focus("#n")
    page.keyboard.type("jk?")
    assert page.input_value("#n").startswith("jk?")
    assert not page.locator("dialog[open]").count()


def test_the_question_mark_shows_the_keys_and_they_can_be_turned_off(page):
    page.keyboard.press("?")
    assert page.locator("#keys[open]").count() == 1
    page.uncheck("#keys-on")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert not focused(page).startswith("INV-104")


def test_jumping_finds_a_case_by_half_a_word_in_full_width_too(page):
    page.keyboard.press("Control+k")
    page.keyboard.type("ｉｎｖ-104 決済")
    links = page.locator("#jump .jump-list a")
    assert links.count() == 1
    assert links.first.get_attribute("href") == "/x/"
    page.fill("#jump-to", "no such thing")
    assert page.locator("#jump .jump-list").inner_text() == (
        "Nothing of that name here. Enter searches all cases."
    )


def test_a_chosen_file_is_named(page, tmp_path):
    sheet = tmp_path / "調査依頼.csv"
    sheet.write_bytes(b"x" * 3_000)
    page.set_input_files("#file", str(sheet))
    assert page.locator("[data-chosen]").inner_text() == "調査依頼.csv (3 kB)"


def test_without_scripts_nothing_is_offered_that_needs_them(browser, gallery):
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto((gallery / "gallery-en.html").as_uri())
    assert not shown.locator(".scripts-only").first.is_visible()
    assert shown.locator("#file").is_enabled()
    context.close()


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_phone_shows_one_column_and_all_of_it(browser, gallery, language):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    shown = context.new_page()
    shown.goto((gallery / f"gallery-{language}.html").as_uri())
    assert shown.evaluate("document.documentElement.scrollWidth") == 390
    assert shown.locator(".drawing.narrow").first.is_visible()
    assert not shown.locator(".drawing.wide").first.is_visible()
    cells = shown.locator("table.cards td")
    assert cells.count() == shown.locator("table.cards td[data-label]").count()
    assert cells.last.is_visible()
    context.close()
