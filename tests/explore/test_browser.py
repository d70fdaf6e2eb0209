"""Kobayashi, who is new to it, makes a dashboard in Chromium and shows it by a link."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.conf import settings as site_settings
from django.db import connection

from tests.desk.test_browser import browser
from tests.explore.stage import LOGIN, NOW
from tests.intake.test_form_browser import faults

__all__ = ["browser"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
SQL = "SELECT topic, count(*) AS inquiries FROM inquiries GROUP BY topic"
WORDS = {
    "en": ("Run", "Save as a question", "Save it", "Pin it to the dashboard", "Make a link"),
    "ja": ("実行", "クエリとして保存", "保存する", "ダッシュボードにピン留め", "リンクを作る"),
}


def _session(stage: Any) -> str:
    try:
        return str(stage.cast.manager.client().cookies[site_settings.SESSION_COOKIE_NAME].value)
    finally:
        connection.close()


@pytest.fixture(params=["en", "ja"])
def visit(request: Any, stage: Any, live_server: Any, settings: Any, browser: Any) -> Iterator[Any]:
    """Sign the manager in, who reads English or Japanese."""
    settings.SHINRAI_ADDRESS = live_server.url
    with time_machine.travel(NOW, tick=True):
        context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=request.param)
        with ThreadPoolExecutor(1) as pool:
            [cookie] = pool.map(_session, [stage])
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        yield context.new_page(), WORDS[request.param], browser
        context.close()


def test_from_sql_to_a_tile_to_a_link(visit: Any, live_server: Any) -> None:
    page, (run, save, keep, pin, make), browser = visit
    there = f"{live_server.url}/w/tanuki"
    page.goto(f"{there}/sql/")
    page.fill("#sql", SQL)
    page.get_by_role("button", name=run, exact=True).click()
    assert page.locator("#answer td.number").first.inner_text() == str(LOGIN)
    assert faults(page) == []

    page.get_by_role("button", name=save).click()
    page.fill("#title", "By topic")
    page.get_by_role("button", name=keep, exact=True).click()
    page.get_by_role("button", name=pin).click()  # the second click of two
    page.wait_for_url("**/dashboards/by-topic/")
    assert page.locator(".tile svg").first.is_visible()
    assert re.search(rf"\b{LOGIN}\b", page.locator(".tile").inner_text())
    assert faults(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320

    page.goto(f"{there}/dashboards/by-topic/edit/")
    page.locator("input[name=is_public]").check()
    page.locator("button[value=set]").click()
    page.goto(f"{there}/dashboards/by-topic/links/")
    page.get_by_role("button", name=make).click()
    address = page.locator("code.address").inner_text()

    outside = browser.new_context().new_page()
    outside.goto(address)
    assert outside.locator(".tile").count() == 1
    assert outside.locator("form").count() == 0
    outside.context.close()
