"""Keys as sources give them: each has a page a browser can reach, and all of it is seen."""

import re
from html import unescape
from urllib.parse import urljoin

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from shinrai.calendars.operations import save_calendar
from shinrai.console.addresses import GivenName
from shinrai.console.rules.wording import visible_words
from shinrai.desk.operations.steps import file_investigation
from shinrai.inquiries.operations import receive_inquiry
from tests.cast import Cast
from tests.desk.stage import OFFICE, tokyo

KEYS = (
    *("..", ".", "a/b/../c", "../../x", "./x", "x/.", "~..", "~", "~/~.", "...", "a//b", "/lead"),
    *("trail/", "100%", "%2e%2e", "a?b#c", "行\n二行目", "tab\there", "a\\b", "a b+c", "INV-1"),
    *("\u202eKEY", "x\u200fy", "<b>&\"'"),
)
BASE = "http://desk.example/w/kitsune/queue/"


def reached(href: str) -> str:
    """Give the path a browser asks for: dots between slashes are steps, also written as %2e."""
    path, mark, query = unescape(href).partition("?")
    dotted = re.sub("%2e", ".", path, flags=re.IGNORECASE)
    return urljoin(BASE, dotted + mark + query).removeprefix("http://desk.example")


@given(st.text(alphabet=st.sampled_from("./~a%\n\u202e"), min_size=1, max_size=9))
def test_every_name_comes_back_from_its_address_and_has_no_part_of_dots(name: str) -> None:
    given_name = GivenName()
    address = given_name.to_url(name)

    assert given_name.to_python(address) == name
    assert not {".", ".."} & set(address.split("/"))
    assert re.fullmatch(given_name.regex, address)


def test_addresses_of_ordinary_names_are_what_they_were() -> None:
    for name in ("INV-1", "desk/2026/1", "~user", "a..b", "..."):
        assert GivenName().to_url(name) == name


@pytest.mark.django_db
@pytest.mark.end_to_end
@pytest.mark.parametrize("record", ["investigation", "inquiry"])
def test_each_case_is_reached_from_where_it_is_linked(cast: Cast, settings, record, tmp_path):
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    at = tokyo(3, 10)
    for number, key in enumerate(KEYS):
        put = file_investigation if record == "investigation" else receive_inquiry
        put(
            workspace_id=cast.simulated.id,
            source_key=key,
            at=at,
            by="customer:1",
            words=f"matter {number}",
        )
    client = cast.nobody.client()
    with time_machine.travel(tokyo(9, 15), tick=False):
        for number, key in enumerate(KEYS):
            href = reverse(record, args=["kitsune", key])
            answer = client.get(reached(href))
            assert answer.status_code == 200, (key, href)
            page = answer.content.decode()
            assert f"matter {number}<" in page, key
            back = client.get(reached(f"{href}?at=2026-06-09T15:00"))
            again = re.search(r'<a href="([^"]+)">Back to now', back.content.decode())
            assert again, key
            assert client.get(reached(again[1])).status_code == 200, key


@pytest.mark.django_db
@pytest.mark.end_to_end
def test_a_mark_that_turns_the_line_is_written_out(cast: Cast, settings, tmp_path) -> None:
    """ "\u202e" would show INV-\u202e21 as INV-12; nobody is to mistake one case for another."""
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    key = "INV-\u202e21\n"
    file_investigation(
        workspace_id=cast.simulated.id, source_key=key, at=tokyo(3, 10), by="staff:1", words="x"
    )
    client = cast.nobody.client()
    with time_machine.travel(tokyo(9, 15), tick=False):
        for page_of, names in (("board", ["kitsune"]), ("investigation", ["kitsune", key])):
            page = client.get(reverse(page_of, args=names)).content.decode()
            assert "INV-⟨202E⟩21⟨000A⟩" in page
            assert "\u202e" not in page


def test_scripts_and_emoji_keep_their_joiners() -> None:
    assert visible_words("👩\u200d💻 می\u200cخواهم 案件１") == "👩\u200d💻 می\u200cخواهم 案件１"
    assert visible_words("a\u2066b\x1bc") == "a⟨2066⟩b⟨001B⟩c"


@pytest.mark.django_db
@pytest.mark.end_to_end
@pytest.mark.parametrize("name", ["..", "shop/..", "窓口/夜間"])
def test_a_calendar_of_any_name_has_its_page(cast: Cast, settings, tmp_path, name: str) -> None:
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    save_calendar(
        workspace_id=cast.simulated.id, name=name, document=OFFICE, at=tokyo(1, 9), by="test"
    )
    client = cast.nobody.client()
    with time_machine.travel(tokyo(9, 15), tick=False):
        page = client.get("/w/kitsune/calendars/").content.decode()
        [href] = set(re.findall(r'<h2><a href="([^"]+)"', page))
        assert client.get(reached(href)).status_code == 200
