"""What is left counts down in business time on the page itself; keys do what rows offer."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine

from shinrai.calendars.rules.document import read_calendar
from shinrai.desk.rules.countdown import open_intervals, risk_begins
from tests.cast import Cast
from tests.console.gallery.render import CONSOLE
from tests.desk.stage import OFFICE, open_desk, tokyo
from tests.desk.test_browser import browser
from tests.desk.test_overview import LATER, desk
from tests.desk.test_pages import shown

__all__ = ["browser", "desk"]
HOURS = timedelta(hours=1)
SOURCE = CONSOLE.parent


class TestRule:
    CALENDAR = read_calendar(OFFICE)

    def test_the_intervals_ahead_begin_now_and_leave_out_the_weekend(self) -> None:
        """Friday 5 June at 15:00: three hours are left, then Monday's eight."""
        first, second, *_ = open_intervals(self.CALENDAR, tokyo(5, 15))

        assert first == (tokyo(5, 15).timestamp(), tokyo(5, 18).timestamp())
        assert second == (tokyo(8, 10).timestamp(), tokyo(8, 18).timestamp())

    def test_hours_that_touch_at_midnight_are_one_interval(self) -> None:
        always = {"zone": "Asia/Tokyo", "weekly": {day: ["00:00-24:00"] for day in DAYS}}

        assert len(open_intervals(read_calendar(always), tokyo(5, 15))) == 1

    def test_what_takes_usually_longer_than_is_left_is_at_risk(self) -> None:
        assert risk_begins(self.CALENDAR, tokyo(9, 18), 11 * HOURS) == 11 * HOURS

    def test_without_a_usual_time_the_risk_begins_with_the_close_before(self) -> None:
        """Due on Tuesday at 14:00: at risk from Monday's close on, with four hours left."""
        assert risk_begins(self.CALENDAR, tokyo(9, 14), None) - 4 * HOURS <= timedelta(seconds=1)
        assert risk_begins(self.CALENDAR, tokyo(9, 14), None) > 4 * HOURS


DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def opened(text: str, path: Path) -> str:
    """Write a page with the scripts and the stylesheet of the source; give its address."""

    def file(found: re.Match[str]) -> str:
        return f'"{(SOURCE / found[1] / "static" / found[1] / found[2]).as_uri()}"'

    path.write_text(re.sub(r'"/static/(\w+)/([\w.]+)"', file, text), "utf-8")
    return path.as_uri()


@pytest.fixture
def pages(desk: Cast, tmp_path: Path) -> dict[str, str]:
    """Give the queue of a visitor in both languages, and that of an engineer with deeds below."""
    open_desk(desk.workspace)
    with time_machine.travel(LATER, tick=False):
        found = {
            language: shown(desk.nobody.client(), "/w/kitsune/queue/", language)
            for language in ("en", "ja")
        }
        mine = shown(desk.engineer.client(), "/w/tanuki/queue/")
    below = '<p><textarea data-key="r"></textarea><a data-key="e" href="#up">e</a></p></main>'
    found["member"] = mine.replace("</main>", below)
    return {name: opened(text, tmp_path / f"{name}.html") for name, text in found.items()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.end_to_end
class TestInTheBrowser:
    """Friday 31 July at noon: Q-2 is due at 18:00, INV-6 on Tuesday 4 August at 18:00."""

    # Half a minute beside the full hours, as the page's clock also runs while the test looks.
    STORY = (
        ("01:59:30", ("4 h", "at_risk"), ("20 h", "running")),
        ("03:00:00", ("1 h", "at_risk"), ("17 h", "running")),
        ("01:01:00", ("past due since the close", "late"), ("16 h", "running")),
        ("40:00:00", ("past due since the close", "late"), ("16 h", "running")),  # Sunday
        ("26:00:00", ("2 h of business time past due", "late"), ("13 h 59 m", "running")),
        ("06:00:00", ("8 h of business time past due", "late"), ("8 h", "at_risk")),
        (
            "24:00:00",
            ("16 h of business time past due", "late"),
            ("past due since the close", "late"),
        ),
    )

    def test_time_left_goes_down_stands_still_and_turns_late(
        self, pages: dict[str, str], browser
    ) -> None:
        page = browser.new_page()
        page.clock.install(time=0)  # whatever the reader's own clock says
        page.goto(pages["en"])
        for passed, *expected in self.STORY:
            page.clock.fast_forward(passed)
            for key, (said, group) in zip(("Q-2", "INV-6"), expected, strict=True):
                row = page.locator("tbody tr", has_text=key)
                cell = row.locator("[data-left]")
                assert cell.inner_text() == said, (passed, key)
                assert cell.get_attribute("data-group") == group, (passed, key)
                word = {"late": "overdue", "at_risk": "at risk", "running": "running"}[group]
                assert row.locator(".state").inner_text().strip() == word
        page.goto(pages["ja"])
        page.clock.fast_forward("02:29:30")
        assert page.locator("tr", has_text="Q-2").locator("[data-left]").inner_text() == "3時間30分"

    def test_a_is_the_deed_of_the_row_in_focus_else_of_the_page(
        self, pages: dict[str, str], browser
    ) -> None:
        page = browser.new_page()
        page.goto(pages["member"])
        page.evaluate(
            "document.addEventListener('submit', e => {"
            "e.preventDefault(); window.given = new FormData(e.target, e.submitter).get('case') })"
        )
        second = page.locator("tbody tr").nth(1).locator("button[data-key]").get_attribute("value")
        page.keyboard.press("a")
        assert page.evaluate("window.given") is None, "no row has the focus"
        for key in ("j", "j", "a"):
            page.keyboard.press(key)
        assert page.evaluate("window.given") == second
        page.keyboard.press("e")
        assert page.evaluate("location.hash") == "#up"
        page.keyboard.press("r")
        assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
        page.keyboard.type("are")
        assert page.evaluate("document.activeElement.value") == "are", "who types is left alone"
