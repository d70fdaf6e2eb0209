"""Yui reads an invitation on her phone, says yes without a connection and again, and takes it back.

In English and Japanese, on the smallest phone and a usual one, by day and by night.
"""

from typing import Any

import pytest

from shinrai.satisfaction.models import InterviewStep
from shinrai.satisfaction.queries.interviews import invitation_link
from tests.cast import Cast
from tests.desk.test_browser import browser
from tests.intake.test_form_browser import faults, new_page
from tests.satisfaction.interviews import open_round
from tests.satisfaction.test_browser import manager, stored

__all__ = ["browser", "manager", "new_page"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]
LOOKS = [("en", 320, "light"), ("ja", 320, "dark"), ("en", 390, "dark"), ("ja", 390, "light")]


@pytest.fixture
def link(cast: Cast, live_server: Any, settings: Any) -> str:
    """Yui's link, as it stands in her invitation."""
    settings.SHINRAI_ADDRESS = live_server.url
    yui = open_round(cast.workspace.id)["yui"]
    return invitation_link(workspace_id=cast.workspace.id, key="spring", person=yui)


def steps() -> list[str]:
    """Return what is recorded of Yui after the invitations of her and Ren."""
    return [kind for (kind,) in stored(InterviewStep, "kind")][2:]


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_yes_is_said_once_and_taken_back_at_the_same_link(
    link: str, new_page: Any, language: str, width: int, scheme: str
) -> None:
    page = new_page(language, width, scheme)
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == language
    assert page.locator("input:checked").count() == 0, "nothing is chosen for her"
    assert faults(page) == []
    page.locator("button[value=yes]").click()
    page.locator("[role=alert]").wait_for()  # she has not said yet who agrees
    assert faults(page) == []
    assert steps() == []

    page.locator("#scope-notes").check()
    page.locator("#by-self").check()
    page.context.set_offline(True)
    page.locator("button[value=yes]").click()
    page.wait_for_url("chrome-error:**")
    page.context.set_offline(False)
    page.go_back()
    page.locator("#scope-notes").check()
    page.locator("#by-self").check()
    page.locator("button[value=yes]").dblclick()
    page.locator("[role=status]").wait_for()
    assert faults(page) == []
    assert steps() == ["consented"]

    later = page.context.new_page()
    later.goto(f"{link}?lang={language}")
    later.locator("button[value=withdraw]").dblclick()
    later.locator("button[value=withdraw]").wait_for(state="detached")
    assert faults(later) == []
    assert later.get_by_role("button").count() == 0, "nothing more is asked of her"
    assert steps() == ["consented", "withdrawn"]


def test_without_any_script_no_is_one_press(link: str, new_page: Any) -> None:
    page = new_page("ja", 320, java_script_enabled=False)
    page.goto(link)
    page.locator("button[value=no]").click()
    page.locator("[role=status]").wait_for()
    assert steps() == ["declined"]


def test_a_manager_hands_the_link_over_from_a_phone(link: str, manager: Any) -> None:
    manager.set_viewport_size({"width": 320, "height": 844})
    there = link.partition("/interview/")[0]
    manager.goto(f"{there}/w/tanuki/interviews/rounds/spring/")
    assert faults(manager) == []
    manager.get_by_role("link", name="yui").click()
    manager.get_by_role("link", name="/interview/").wait_for()
    assert faults(manager) == []
