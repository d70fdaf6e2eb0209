"""A form in a real browser: by script in a page with a strict policy, in a frame, and without any.

English and Japanese, wide and on a phone, by day and by night.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from django.db import connection

from shinrai.intake.models import Connection
from shinrai.intake.operations.connections import connect
from shinrai.ledger.models import Case
from shinrai.ledger.queries import steps_of
from tests.cast import Cast
from tests.desk.test_browser import browser
from tests.intake.test_forms import MONDAY, SETTINGS

__all__ = ["browser"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
LOOKS = [("en", 1280, "light"), ("en", 390, "dark"), ("ja", 390, "light"), ("ja", 1280, "dark")]
look = pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)


class Product(ThreadingHTTPServer):
    """A product of somebody else, whose careful policy allows our script and no inline style."""

    inner = policy = language = ""

    def show(self, page: Any, language: str, inner: str) -> None:
        """Open a lesson of the product that has this inside."""
        self.language, self.inner = language, inner
        page.goto(f"{self.origin}/lesson/3")

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server_port}"


class Lesson(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        there: Any = self.server
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", there.policy)
        self.end_headers()
        body = (
            f'<!doctype html><html lang="{there.language}"><meta charset="utf-8"><meta '
            'name="viewport" content="width=device-width"><meta name="color-scheme" '
            f'content="light dark"><title>L</title><main><h1>Lesson</h1>{there.inner}</main>'
        )
        self.wfile.write(body.encode())

    def log_message(self, *_words: Any) -> None:
        """Say nothing."""


@pytest.fixture
def product() -> Iterator[Product]:
    server = Product(("localhost", 0), Lesson)
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def address(cast: Cast, live_server: Any, settings: Any, product: Product) -> str:
    there = settings.SHINRAI_ADDRESS = live_server.url
    product.policy = (
        f"default-src 'none'; script-src {there}; connect-src {there}; frame-src {there}"
    )
    given = SETTINGS | {"origins": product.origin}
    connect(
        workspace_id=cast.workspace.id, kind="form", name="App", given=given, at=MONDAY, by="test"
    )
    return f"{there}/forms/{Connection.objects.get().token}/"


@pytest.fixture
def new_page(browser: Any) -> Iterator[Any]:
    contexts = []

    def make(language: str, width: int = 1280, scheme: str = "light", **more: Any) -> Any:
        size = {"width": width, "height": 844}
        contexts.append(
            browser.new_context(viewport=size, color_scheme=scheme, locale=language, **more)
        )
        return contexts[-1].new_page()

    yield make
    for context in contexts:
        assert context.cookies() == [], "no cookie is set"
        context.close()


def faults(page: Any) -> list[tuple[str, Any]]:
    """List what axe finds on a page, and what is wider than the screen."""
    from axe_playwright_python.sync_playwright import Axe

    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = Axe().run(page).response["violations"]
    return [(one["id"], one["nodes"][0]["target"]) for one in found] + [("wide", wide)] * (wide > 0)


def script(address: str) -> str:
    return f'<script src="{address}form.js" data-version="4.2" async></script>'


def received() -> list[dict[str, Any]]:
    """List the details of what came; in a thread, as the browser's loop holds this one."""

    def read() -> list[dict[str, Any]]:
        try:
            ids = list(Case.objects.values_list("id", "workspace_id"))
            return [dict(steps_of([one], workspace_id=at)[one][0].detail) for one, at in ids]
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


@look
def test_without_scripts_the_page_is_filled_in_and_gives_a_receipt(
    address: str, new_page: Any, language: str, width: int, scheme: str
) -> None:
    looked = new_page(language, width, scheme)
    looked.goto(address)
    assert faults(looked) == []

    page = new_page(language, width, scheme, java_script_enabled=False)
    page.goto(address)
    page.select_option("#category", "drawing")
    page.fill("#words", "ペンでかけない")
    page.click("button.next")  # within two seconds
    assert page.input_value("#words") == "ペンでかけない"
    page.wait_for_timeout(2100)
    page.click("button.next")
    page.wait_for_url("**/received/**")

    assert "INQ-1" in page.inner_text("main")
    looked.goto(page.url)
    assert faults(looked) == []


@look
def test_the_script_asks_in_the_language_of_the_page_and_sends_once(
    address: str, product: Product, new_page: Any, language: str, width: int, scheme: str
) -> None:
    page = new_page("en", width, scheme)
    product.show(page, language, script(address))
    page.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    title = {"en": "What happened?", "ja": "なにがありましたか"}[language]
    assert dialog.get_by_role("heading").inner_text() == title
    assert faults(page) == []

    dialog.locator("select").select_option("drawing")
    dialog.locator("textarea").fill("The pen draws nothing.")
    page.evaluate("dispatchEvent(new ErrorEvent('error', {message: 'pen is undefined'}))")
    dialog.locator("form button").first.dblclick()
    page.get_by_text("INQ-1").wait_for()
    assert faults(page) == []

    [detail] = received()
    assert detail["screen"] == "/lesson/3"
    assert detail["version"] == "4.2"
    assert detail["last_failure"] == "pen is undefined"
    assert detail["topic"] == "drawing"
    dialog.get_by_role("button").click()
    page.get_by_role("button").click()
    assert dialog.locator("textarea").input_value() == "", "ready for another matter"


def test_offline_the_text_stays_and_is_sent_later_once(
    address: str, product: Product, new_page: Any
) -> None:
    page = new_page("en")
    product.show(page, "en", script(address))
    page.get_by_role("button").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("select").select_option("other")
    dialog.locator("textarea").fill("No sound at all.")
    page.context.set_offline(True)
    dialog.locator("form button").first.click()
    page.get_by_text("It could not be sent. All you wrote is still here").wait_for()
    assert dialog.locator("textarea").input_value() == "No sound at all."
    assert received() == []

    page.keyboard.press("Escape")
    page.context.set_offline(False)
    page.get_by_role("button").click()
    dialog.locator("form button").first.click()
    page.get_by_text("INQ-1").wait_for()
    assert len(received()) == 1


def test_a_product_opens_it_by_its_own_button_and_says_what_it_knows(
    address: str, product: Product, new_page: Any
) -> None:
    page = new_page("en")
    product.show(page, "en", script(address))
    page.get_by_role("button").wait_for()
    page.evaluate("Shinrai.form({ownButton: true, version: '5.0', lastFailure: 'E42', user: 'p'})")
    assert page.get_by_role("button").count() == 0
    page.evaluate("Shinrai.open()")
    dialog = page.get_by_role("dialog")
    dialog.locator("select").select_option("other")
    dialog.locator("textarea").fill("No sound.")
    dialog.locator("form button").first.click()
    page.get_by_text("INQ-1").wait_for()

    [detail] = received()
    assert (detail["version"], detail["last_failure"]) == ("5.0", "E42")


def test_in_a_frame_it_is_filled_in_too(address: str, product: Product, new_page: Any) -> None:
    page = new_page("ja")
    frame = f'<iframe title="form" src="{address}?lang=ja&screen=/lesson/9"></iframe>'
    product.show(page, "ja", frame)
    inner = page.frame_locator("iframe")
    inner.locator("#category").select_option("other")
    inner.locator("#words").fill("音がでない")
    page.wait_for_timeout(2100)
    inner.locator("button.next").click()
    inner.get_by_text("INQ-1").wait_for()
    assert [one["screen"] for one in received()] == ["/lesson/9"]
