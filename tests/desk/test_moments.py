"""No moment and no dates in an address break a page: every route, tried with all of them."""

import re
from itertools import product
from urllib.parse import quote

import pytest
import time_machine
from django.urls import get_resolver, reverse
from django.utils.html import strip_tags

from tests.cast import Cast
from tests.desk.stage import OBJECTIVE
from tests.desk.test_overview import LATER, desk

__all__ = ["desk"]
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
NAMES = {"inquiry": "Q-1", "investigation": "INV-1", "objective": OBJECTIVE, "calendar": "office"}
ASKED = (("at", "from", "days", "page", "start"), ("to", "month", "number"), ("week",))
MOMENTS = (
    *(
        "0001-01-01",
        "9999-12-31",
        "0000-00-00",
        "10000-01-01",
        "soon",
        "２０２６-06-01",
        "%00",
        "๒",
    ),
    *("0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "9999-W53", "0001-W01", "9999-12"),
    *("1900-01-01", "2199-12-31T23:59", "2026-06-01T00:00:00Z"),
)


def addresses() -> list[str]:
    """Give every page of a workspace that is read, with names the stage has."""
    found = []
    for pattern in get_resolver().url_patterns:
        route = str(pattern.pattern)
        if not route.startswith("w/"):
            continue
        values = {"workspace": "kitsune"}
        for name in set(pattern.pattern.converters) - {"workspace"}:
            values[name] = NAMES.get(pattern.name, "1") if name in ("key", "name") else 1
        found.append(reverse(pattern.name, kwargs=values))
    return found


def test_no_page_breaks_at_any_moment(desk: Cast) -> None:
    client = desk.nobody.client()
    client.raise_request_exception = False
    pages = addresses()
    assert len(pages) > 25
    broken = []
    with time_machine.travel(LATER, tick=False):
        for page, names, asked in product(pages, ASKED, MOMENTS):
            query = "&".join(f"{name}={quote(asked, safe='%')}" for name in names)
            if client.get(f"{page}?{query}").status_code >= 500:
                broken.append(f"{page}?{query}")

    assert broken == []


@pytest.mark.parametrize("page", ["", "INV-1/", "Q-1/"])
@pytest.mark.parametrize("asked", ["0001-01-01", "9999-12-31", "12026-06-01", "soon"])
def test_a_moment_that_cannot_be_is_refused(desk: Cast, page: str, asked: str) -> None:
    part = "inquiries" if page.startswith("Q") else "investigations"
    answer = desk.nobody.client().get(
        f"/w/kitsune/{part}/{page}?at={asked}", headers={"accept-language": "ja"}
    )

    assert answer.status_code == 400
    said = " ".join(strip_tags(answer.content.decode()).split())
    assert asked in said
    assert re.search("扱える年（1900〜2199年）の外です|日時として読めません", said)


@pytest.mark.parametrize("page", ["investigations/INV-1/", "inquiries/Q-1/"])
def test_a_case_before_it_began_was_not_there_yet(desk: Cast, page: str) -> None:
    """INV-1 was filed on Wednesday 3 June; on Monday the 1st nobody knew of it."""
    client = desk.nobody.client()
    answer = client.get(f"/w/kitsune/{page}?at=2026-05-01T00:00:00Z")

    assert answer.status_code == 404
    said = answer.content.decode()
    assert "was not there yet at that moment" in said
    assert f'href="/w/kitsune/{page}"' in said
    assert client.get(f"/w/kitsune/{page}").status_code == 200
