"""The first hour: from an empty home by one link to a sheet, a promise and a line for Slack.

Nobody opens a terminal after `shinrai serve`. The sheet is one that nobody prepared (see
`tests/importers/sheets`); the window is a phone's.
"""

import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from tests.console.test_keys import CHROMIUM
from tests.site.serving import SHINRAI, free_port, wait_for

pytestmark = pytest.mark.end_to_end

SHEET = Path(__file__).parents[1] / "importers" / "sheets" / "states_and_send_backs"
PATIENCE_MS = 60_000  # no promise: the cores are shared with other tests
LOCALES = {"en": "en-GB", "ja": "ja-JP"}


def start_link(log: Path) -> str:
    """Wait for the link that opens the first workspace."""
    until = time.monotonic() + 120
    while time.monotonic() < until:
        found = re.search(r"http://localhost:\d+/start/\S+", log.read_text())
        if found:
            return found.group()
        time.sleep(0.2)
    raise AssertionError(f"no link: {log.read_text()}")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_the_first_hour_by_page_alone(language: str, tmp_path: Path) -> None:
    if not CHROMIUM.exists():
        pytest.skip(f"no browser: {CHROMIUM} is not there; install Debian's chromium")
    from playwright.sync_api import sync_playwright

    port, log = free_port(), tmp_path / "log"
    environment = {name: value for name, value in os.environ.items() if "DATABASE" not in name}
    environment["SHINRAI_HOME"] = str(tmp_path / "home")
    with log.open("w") as said:
        server = subprocess.Popen(
            [*SHINRAI, "serve", "--port", str(port)], env=environment, stdout=said, stderr=said
        )
        try:
            link = start_link(log)
            wait_for(port)
            with sync_playwright() as play:
                chromium = play.chromium.launch(
                    executable_path=str(CHROMIUM), args=["--no-sandbox"]
                )
                walk(chromium, link, language)
                chromium.close()
        finally:
            server.terminate()
            server.wait(timeout=60)


def walk(chromium, link: str, language: str) -> None:
    page = chromium.new_page(viewport={"width": 390, "height": 844}, locale=LOCALES[language])
    page.set_default_timeout(PATIENCE_MS)

    page.goto(link)
    page.fill("[name=name]", "Michi")
    page.fill("[name=email]", "yui@example.jp")
    page.fill("[name=zone]", "Asia/Tokyo")
    page.click("main form button.next, main form button.deed")
    page.wait_for_url(re.compile(r"/w/[^/]+/"))
    workspace = re.search(r"/w/([^/]+)/", page.url).group(1)

    [sheet] = [path for path in SHEET.iterdir() if path.suffix != ".json"]
    page.goto(f"{page.url.split('/w/')[0]}/w/{workspace}/imports/new/")
    page.set_input_files("input[name=file]", str(sheet))
    page.click("main form button.next")
    page.wait_for_selector("#sheet table.first-cases")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate("document.documentElement.lang") == language
    page.click("button[formaction*=confirm]")
    page.wait_for_url(re.compile(r"/imports/\d+/"))

    page.goto(f"{page.url.split('/imports')[0]}/new-objective/")
    page.fill("[name=number]", "2")
    page.click("main form button.next")
    page.wait_for_url(re.compile(r"/objectives/[^/]+/"))
    assert page.locator("main").inner_text()

    page.goto(f"{page.url.split('/objectives')[0]}/reports/")
    slack = page.locator("#for-slack")
    for _ in range(60):  # the worker prepares it
        if slack.count():
            break
        page.wait_for_timeout(2_000)
        page.reload()
    lines = [line for line in slack.input_value().splitlines() if line.strip()]
    assert 4 <= len(lines) <= 14, lines
