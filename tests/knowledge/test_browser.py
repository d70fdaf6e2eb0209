"""鈴木 answers an inquiry in three keys, and the pages of knowledge are open to everybody."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.db import connection
from django.utils import timezone

from shinrai.desk.operations.labels import label_inquiry
from shinrai.inquiries.operations import receive_inquiry
from shinrai.knowledge.models import ArticleUse
from shinrai.knowledge.operations.articles import change_state, write_article
from shinrai.knowledge.rules.article import article_fields
from shinrai.topics.operations.codebook import define_topic
from tests.cast import Cast
from tests.desk.test_browser import browser
from tests.intake.test_form_browser import faults
from tests.satisfaction.test_browser import stored

__all__ = ["browser"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
TEXT = "設定の「請求」で宛名を変えられます。\n{case} へご返信ください。"


@pytest.fixture
def story(cast: Cast) -> Cast:
    """Publish one answer, and let somebody ask what it answers."""
    at, there = timezone.now(), cast.workspace.id
    define_topic(workspace_id=there, key="invoice", name_ja="請求書", at=at, by="test")
    typed = {"kind": "template", "language": "ja", "title": "請求書の宛名", "body": TEXT}
    fields = article_fields(typed | {"topic": "invoice"})
    write_article(
        workspace_id=there, key="invoice", fields=fields, is_new=True, at=at, by="staff:1"
    )
    change_state(workspace_id=there, key="invoice", state="published", at=at, by="staff:1")
    case_id = receive_inquiry(
        workspace_id=there, source_key="Q-1", at=at, by="customer:1",
        words="請求書の宛名を会社名に変えたいです",
    )  # fmt: skip
    label_inquiry(case_id=case_id, topic="invoice", at=at, by="staff:1", role="agent")
    return cast


@pytest.fixture(params=["en", "ja"])
def page(request: Any, story: Cast, live_server: Any, settings: Any, browser: Any) -> Iterator[Any]:
    settings.SHINRAI_ADDRESS = live_server.url
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale=request.param)
    with ThreadPoolExecutor(1) as pool:
        [cookie] = pool.map(_session, [story])
    context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    yield context.new_page()
    context.close()


def _session(cast: Cast) -> str:
    try:
        return str(cast.agent.client().cookies[site_settings.SESSION_COOKIE_NAME].value)
    finally:
        connection.close()


def test_a_reply_in_three_keys(page: Any, live_server: Any) -> None:
    page.goto(f"{live_server.url}/w/tanuki/inquiries/Q-1/")
    page.locator("[data-key='1']").wait_for()
    page.keyboard.press("r")
    page.keyboard.press("1")
    message = page.locator("#act-message")
    page.wait_for_url("**article=invoice**")
    assert message.input_value() == TEXT.replace("{case}", "Q-1")
    assert faults(page) == []
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/inquiries/Q-1/")

    assert stored(ArticleUse, "choice", "changes") == [("used", [])]


def test_pages_are_open_to_everybody(page: Any, live_server: Any) -> None:
    for address in ("", "new/", "invoice/", "invoice/edit/", "search/?q=請求書", "in-vain/"):
        page.goto(f"{live_server.url}/w/tanuki/knowledge/{address}")
        for width, scheme in ((1280, "light"), (390, "dark")):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            assert faults(page) == [], (address, width)
