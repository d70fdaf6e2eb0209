"""The report on a phone: what stands in it comes first, and what is long is folded, never gone."""

import re
from pathlib import Path

import pytest
import time_machine

from shinrai.reports.queries.sheet import report_sheet
from tests.cast import Cast
from tests.console.gallery.render import CONSOLE
from tests.desk.stage import NOW, OBJECTIVE
from tests.desk.test_browser import browser
from tests.reports.prepared import answered
from tests.reports.test_weekly import desk, week

__all__ = ["browser", "desk", "week"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
SCRIPTS = Path(__file__).parents[2] / "src/shinrai/reports/static/reports"


@pytest.fixture
def page(desk, cast: Cast) -> str:
    with time_machine.travel(NOW, tick=False):
        return answered(cast.nobody.client(), "/w/kitsune/reports/?week=2026-W23").content.decode()


def jumps(text: str) -> list[str]:
    contents = text.partition('<nav class="contents"')[2].partition("</nav>")[0]
    return re.findall(r'href="#([^"]+)"', contents)


def test_every_part_can_be_jumped_to(page: str) -> None:
    parts = re.findall(r'<section class="part[^"]*" id="([^"]+)"', page)

    assert jumps(page) == parts
    assert {"pressing", OBJECTIVE, "quality-via_cs", "paste"} <= set(parts)


def test_a_file_leads_nowhere_outside_itself(week) -> None:
    sheet = report_sheet(week)

    assert jumps(sheet) == re.findall(r'<section class="part[^"]*" id="([^"]+)"', sheet)
    assert "paste" not in jumps(sheet)


def test_without_scripts_all_of_it_is_open(page: str, week) -> None:
    for text in (page, report_sheet(week)):
        assert text.count('<details class="fold" open>') == text.count('class="fold"') > 0


def test_a_phone_folds_and_a_jump_unfolds(page: str, browser, tmp_path: Path) -> None:
    text = re.sub(r'"/static/reports/(?:[\w.]+/)*', f'"{SCRIPTS.as_uri()}/', page)
    files = f'"{(CONSOLE / "static/console").as_uri()}/'
    file = tmp_path / "report.html"
    file.write_text(re.sub(r'"/static/console/(?:[\w.]+/)*', files, text), "utf-8")
    shown = browser.new_page(viewport={"width": 390, "height": 844})

    shown.goto(file.as_uri())
    folds, contents = shown.locator("details.fold"), shown.locator("nav.contents")
    assert shown.locator("details.fold[open]").count() == 0 < folds.count()
    short = shown.evaluate("document.documentElement.scrollHeight")
    assert shown.locator("ul.short").is_visible()
    shown.locator("details.appendix > summary").click()
    shown.emulate_media(media="print")
    assert shown.locator("#quality-via_cs table").is_visible()
    assert not contents.is_visible()
    shown.emulate_media(media="screen")
    contents.get_by_role("link").filter(has_text="CS").first.click()
    assert shown.locator("#quality-via_cs details.fold[open]").count() == 1
    assert shown.locator("details.fold[open]").count() == 1

    shown.set_viewport_size({"width": 1280, "height": 900})
    shown.wait_for_function("!document.querySelector('details.fold:not([open])')")
    assert not contents.is_visible()
    shown.set_viewport_size({"width": 390, "height": 844})
    shown.evaluate("document.querySelectorAll('.fold').forEach((one) => { one.open = true; })")
    assert shown.evaluate("document.documentElement.scrollHeight") > short
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390


def test_printed_it_is_one_sheet_and_the_rest_only_if_it_is_open(page: str, browser, tmp_path):
    files = f'"{(CONSOLE / "static/console").as_uri()}/'
    file = tmp_path / "report.html"
    file.write_text(re.sub(r'"/static/console/(?:[\w.]+/)*', files, page), "utf-8")
    shown = browser.new_page()
    shown.goto(file.as_uri())

    assert sheets(shown.pdf(prefer_css_page_size=True)) == 1
    shown.locator("details.appendix > summary").click()
    assert sheets(shown.pdf(prefer_css_page_size=True)) > 1


def sheets(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf))
