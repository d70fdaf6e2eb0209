"""A newcomer makes a survey by page; Yui answers it on a phone without a connection, once."""

import hashlib
import hmac
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.db import connection

from shinrai.satisfaction.models import Asking, SurveyAnswer
from tests.cast import Cast
from tests.desk.test_browser import browser
from tests.intake.test_form_browser import Product, faults, look, new_page, product

__all__ = ["browser", "new_page", "product"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
SHEET = "section"


def stored(table: Any, *names: str) -> list[tuple[Any, ...]]:
    """Read rows in a thread, as the browser's loop holds this one."""

    def read() -> list[tuple[Any, ...]]:
        try:
            return list(table.objects.order_by("id").values_list(*names))
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


@pytest.fixture
def manager(cast: Cast, live_server: Any, settings: Any, browser: Any) -> Iterator[Any]:
    """Sign the manager of Tanuki Juku in, who is new to surveys."""
    settings.SHINRAI_ADDRESS = live_server.url
    context = browser.new_context(viewport={"width": 1280, "height": 844}, locale="en")
    with ThreadPoolExecutor(1) as pool:
        [cookie] = pool.map(_session, [cast])
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    yield context.new_page()
    context.close()


def _session(cast: Cast) -> str:
    try:
        return str(cast.manager.client().cookies[site_settings.SESSION_COOKIE_NAME].value)
    finally:
        connection.close()


def make(page: Any, live_server: Any, **typed: str) -> tuple[str, str]:
    """Make a survey by the page, as a newcomer does; answer the script's address and the secret."""
    page.goto(f"{live_server.url}/w/tanuki/satisfaction/surveys/")
    page.get_by_role("link", name="Make a survey").click()
    page.locator("#key").wait_for()  # a click does not wait for the page it opens
    page.wait_for_load_state()
    assert faults(page) == []
    page.fill("#key", "lesson")
    for name, value in typed.items():
        place = page.locator(f"#{name}")
        if place.evaluate("one => one.tagName") == "SELECT":
            place.select_option(value)
        else:
            place.fill(value)
    page.get_by_role("button", name="Ask from now on").click()
    page.wait_for_url("**/surveys/lesson/")
    assert faults(page) == []
    snippet = page.locator("pre").first.inner_text()
    page.get_by_role("button", name="Show the secret").click()
    secret = page.locator("p[role=status] + pre").inner_text()
    return snippet.partition('src="')[2].partition('"')[0], secret


def lesson(product: Product, page: Any, language: str, script: str, secret: str) -> None:
    """Open a lesson of the product, which tells Shinrai that Yui is there."""
    signed = hmac.new(secret.encode(), b"yui", hashlib.sha256).hexdigest()
    policy = script.partition("/survey")[0]
    product.policy = (
        f"default-src 'none'; script-src {policy} 'unsafe-inline'; connect-src {policy}"
    )
    call = f'Shinrai.survey({{person: "yui", signature: "{signed}"}})'
    product.show(page, language, f'<script src="{script}"></script><script>{call}</script>')


@look
def test_answered_on_a_phone_that_is_offline_it_counts_once(
    manager: Any,
    live_server: Any,
    product: ThreadingHTTPServer,
    new_page: Any,
    language: str,
    width: int,
    scheme: str,
) -> None:
    there: Any = product
    script, secret = make(manager, live_server, origins=there.origin)
    page = new_page(language, width, scheme)
    lesson(there, page, language, script, secret)
    sheet = page.locator(SHEET)
    sheet.wait_for()
    assert faults(page) == []
    page.context.set_offline(True)

    sheet.get_by_role("radio").nth(3).focus()
    page.keyboard.press("Space")
    sheet.get_by_role("button").first.click()
    sheet.get_by_role("textbox").fill("とてもよかった")
    assert faults(page) == []
    sheet.get_by_role("button").first.click()
    assert sheet.get_by_role("status").is_visible()
    assert stored(SurveyAnswer, "score") == []

    page.context.set_offline(False)
    with page.expect_response("**/answers/"):
        page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_timeout(300)
    page.reload()
    page.wait_for_timeout(500)
    assert not sheet.is_visible()
    assert stored(SurveyAnswer, "score") == [(4,)]
    assert stored(Asking, "state") == [("answered",)]


def test_killed_between_two_questions_it_goes_on_and_counts_once(
    manager: Any, live_server: Any, product: ThreadingHTTPServer, new_page: Any
) -> None:
    there: Any = product
    script, secret = make(manager, live_server, origins=there.origin, kind="nps")
    page = new_page("en", 390)
    lesson(there, page, "en", script, secret)
    sheet = page.locator(SHEET)
    sheet.get_by_text("9", exact=True).click()
    sheet.get_by_role("button", name="Next").click()
    page.close()  # the browser is killed

    page = page.context.new_page()
    lesson(there, page, "en", script, secret)
    sheet = page.locator(SHEET)
    assert "Question 2 of 2" in sheet.inner_text()
    assert stored(SurveyAnswer, "score") == [], "half an answer is not stored"
    with page.expect_response("**/answers/"):
        sheet.get_by_role("button", name="Send").click()
    page.wait_for_timeout(300)
    assert stored(SurveyAnswer, "score") == [(9,)]


def test_half_an_answer_is_sent_as_it_is_after_a_day(
    manager: Any, live_server: Any, product: ThreadingHTTPServer, new_page: Any
) -> None:
    there: Any = product
    script, secret = make(manager, live_server, origins=there.origin, kind="nps")
    page = new_page("en", 390)
    lesson(there, page, "en", script, secret)
    page.locator(SHEET).get_by_text("2", exact=True).click()
    page.evaluate(
        "Object.keys(localStorage).forEach((name) => { const kept = JSON.parse(localStorage[name]);"
        " kept.yui.began -= 25 * 36e5; localStorage[name] = JSON.stringify(kept); })"
    )
    with page.expect_response("**/answers/"):
        page.reload()
    page.wait_for_timeout(300)
    assert stored(SurveyAnswer, "score") == [(2,)]


@pytest.mark.parametrize("language", ["en", "ja"])
def test_by_a_link_it_is_answered_without_any_script_on_the_smallest_phone(
    manager: Any, live_server: Any, new_page: Any, language: str
) -> None:
    manager.goto(f"{live_server.url}/w/tanuki/satisfaction/new-survey/")
    manager.fill("#key", "lesson")
    manager.select_option("#channel", "link")
    manager.select_option("#kind", "nps")
    manager.get_by_role("button", name="Ask from now on").click()
    link = manager.get_by_role("link", name="/survey/").get_attribute("href")

    looked = new_page(language, 320, "dark")
    looked.goto(f"{link}?lang={language}")
    assert faults(looked) == []
    page = new_page(language, 320, java_script_enabled=False)
    page.goto(f"{link}?lang={language}")
    page.get_by_text("10", exact=True).click()
    page.locator("button.next").click()
    page.wait_for_url("**arrived=1")
    page.reload()
    assert stored(SurveyAnswer, "score") == [(10,)]
