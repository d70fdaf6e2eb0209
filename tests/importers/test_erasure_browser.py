"""The pages of members, the audit, erasing and cells in a real browser: none wider than a phone."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from shinrai.accounts.operations.members import grant_role
from shinrai.accounts.operations.sign_in_links import make_link
from shinrai.accounts.rules.role import Role
from shinrai.erasure.operations.persons import CustomerName, erase
from shinrai.ledger.models import Case
from tests.console.gallery.render import CONSOLE
from tests.desk.test_browser import browser
from tests.importers.test_erasure import CUSTOMER, NOON, cast_owner_of_cre, planted, sheet

__all__ = ["browser", "planted", "sheet"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.end_to_end]


@pytest.fixture
def pages(planted, cast, tmp_path: Path) -> Iterator[dict[str, str]]:
    """Give every page as a file a browser opens, in both languages."""
    report, *_ = planted
    owner = cast_owner_of_cre(cast)
    from shinrai.accounts.queries import members, workspace_named

    there = workspace_named("cre")
    [agent] = [m for m in members(workspace_id=there.id) if m.email == cast.agent.user.email]
    grant_role(member_id=agent.id, role=Role.MANAGER, at=NOON, by="test")
    number = Case.objects.get(source_key="CRE-1").customer_id
    with time_machine.travel(NOON, tick=False):
        make_link(email=cast.agent.user.email, at=NOON, by="test")
        client = owner.client()
        erasure = f"/w/cre/customers/{number}/erasure/"
        taken = {}
        for language in ("en", "ja"):
            spoken = {"headers": {"accept-language": language}}
            client.get("/w/cre/investigations/CRE-1/", **spoken)
            taken |= {
                (language, "case"): client.get("/w/cre/investigations/CRE-1/", **spoken),
                (language, "import"): client.get(f"/w/cre/imports/{report.batch}/", **spoken),
                (language, "erasure"): client.get(erasure, **spoken),
                (language, "unsure"): client.post(erasure, **spoken),
                (language, "members"): client.get("/w/cre/members/", **spoken),
                (language, "audit"): client.get("/w/cre/audit/", **spoken),
            }
        source = Case.objects.get(source_key="CRE-1").source
        erase(CustomerName(there, source, CUSTOMER), at=NOON, by=f"staff:{agent.id}")
        for language in ("en", "ja"):
            spoken = {"headers": {"accept-language": language}}
            taken[language, "erased"] = client.get(erasure, **spoken)
    files = f'"{(CONSOLE / "static/console").as_uri()}/'
    found = {}
    for (language, name), answer in taken.items():
        text = re.sub(r'"/static/console/(?:[\w.]+/)*', files, answer.content.decode())
        path = tmp_path / f"{name}-{language}.html"
        path.write_text(text.replace("<details", "<details open"), "utf-8")
        found[path.stem] = path.as_uri()
    return found


def test_no_page_is_wider_than_a_phone_and_the_box_comes_before_the_button(pages, browser) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844})
    for name, file in pages.items():
        phone.goto(file)
        assert phone.evaluate("getComputedStyle(document.body).display") == "flex", "no stylesheet"
        wide = phone.evaluate("document.documentElement.scrollWidth")
        assert wide <= 390, f"{name} is {wide} px wide on a phone"

    phone.goto(pages["erasure-en"])
    phone.focus("#sure")
    phone.keyboard.press("Space")
    assert phone.is_checked("#sure")
    phone.keyboard.press("Tab")
    assert phone.evaluate("document.activeElement.textContent") == "Erase for good"
