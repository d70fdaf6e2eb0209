"""A sheet on a phone, in Japanese: from the file to its import, by tapping."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings

from shinrai.importers import queries
from shinrai.importers.upload import worker
from tests.cast import Cast
from tests.desk.test_browser import browser

__all__ = ["browser"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]

ROWS = (
    "調査依頼の控え,,,,",
    "番号,内容,受けた日,返した日,様子",
    "い-1,音が出ない,2026/06/01 10:32,2026/06/03 18:00,完了",
    "い-2,色が違う,2026/06/02 09:00,2026/06/05 09:00,完了",
    "い-3,文字が小さい,2026/06/03 11:00,,棚上げ",
    "い-4,宛名が違う,2026/06/31 11:00,,",
)


@pytest.fixture
def phone(
    cast: Cast, settings, tmp_path: Path, worker_at_once: None, monkeypatch, live_server, browser
) -> Iterator:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # the browser runs a loop of its own
    settings.SHINRAI_HOME = tmp_path
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(worker, "_publish", lambda warehouse, at: None)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="ja-JP")
    cookie = cast.engineer.client().cookies[django_settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"{live_server.url}/w/tanuki/imports/new/")
    yield page
    context.close()


def test_from_the_file_to_the_import(phone, cast: Cast, tmp_path: Path) -> None:
    sheet = tmp_path / "控え_6月.csv"
    sheet.write_text("\n".join([*ROWS, ""]), encoding="cp932")

    phone.set_input_files("#file", sheet)
    phone.get_by_role("button", name="取り込み結果を確認する").click()
    phone.get_by_label("2行目を見出しにする").click()
    phone.get_by_label("C 受けた日").select_option("filed")
    phone.get_by_label("D 返した日").select_option("answered")
    phone.get_by_label("E 様子").select_option("state")
    phone.get_by_role("button", name="この内容で読み直す").last.click()
    phone.get_by_label("棚上げ", exact=True).select_option("waiting")
    phone.get_by_label("まとめての扱い").select_option("leave_out")
    phone.get_by_role("button", name="この内容で読み直す").last.click()

    assert phone.locator(".first-cases tbody tr").count() == 3
    assert "案件を3件読み取りました。" in phone.inner_text(".lead")
    for script in (
        "document.documentElement.scrollWidth <= 390",
        "!document.querySelector('.late')",
    ):
        assert phone.evaluate(script), script
    assert phone.evaluate("document.documentElement.scrollHeight") < 6 * 844
    wrong = Axe().run(phone).response["violations"]
    assert [(one["id"], one["nodes"][0]["target"]) for one in wrong] == []
    phone.get_by_role("button", name="3件を取り込む").click()

    [found] = queries.imports(workspace_id=cast.workspace.id)
    assert phone.url.endswith(f"/imports/{found.id}/")
    assert (found.state, found.report["investigations"]) == ("complete", 3)
